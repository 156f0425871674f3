package com.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.api.Grasp;
import io.grasp.model.AcpNodeName;
import io.grasp.model.Security;
import io.grasp.security.PeerAction;
import io.grasp.security.PeerPolicies;
import io.grasp.security.PeerPolicy;
import io.grasp.simulation.Simulation;
import io.grasp.simulation.SimulationConfig;
import io.grasp.simulation.SimulationRunner;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

class BargainBetweenMembersTest {
    /** Every member may discover, but only customers may negotiate. */
    static final PeerPolicy POLICY = PeerPolicies.rules()
            .permit(PeerAction.NEGOTIATE)
            .to(PeerPolicies.role("customer"))
            .permit(PeerAction.DISCOVER, PeerAction.ANSWER)
            .toEveryMember()
            .build();

    /** A node with a certificate, which has a role as an extension of its name (RFC 8994 section 6.2.2). */
    static SimNode member(SimNetwork network, String name, String role) {
        SimNode node = network.node(name);
        node.setIdentity(AcpNodeName.parse("++" + role + "@example.com"));
        return node;
    }

    @Test
    void onlyCustomersGetADeal() {
        SimulationRunner.verify(1, run -> {
            SimNode home = member(run.network(), "home", "customer");
            SimNode shed = member(run.network(), "shed", "visitor");
            SimNode town = member(run.network(), "town", "bank");
            run.network().link("road", LinkKind.SECURED_STREAM, Duration.ofMillis(20), town, home, shed);
            Grasp bank = run.await(run.simulation().start("town", config -> config.withPeerPolicy(POLICY)));
            run.inBackground(BargainTest.bank(bank));

            Grasp customer = run.start("home");
            assertThat(run.await(BargainTest.customer(customer, 90)).agreed()).isPresent();
            assertThat(run.await(BargainTest.customer(run.start("shed"), 90)).agreed())
                    .isEmpty();

            home.revokeIdentity();
            assertThatThrownBy(() -> run.await(customer.registerAsa("late")
                            .flatMap(asa -> asa.discover(BargainTest.EX3.objective(), Duration.ofSeconds(1))
                                    .next())))
                    .hasMessageContaining("the certificate has been revoked");
        });
    }

    @Test
    void aNodeIsNoLongerProtectedWhenItsCertificateIsRevoked() {
        StepVerifier.withVirtualTime(() -> {
                    Simulation simulation = Simulation.on(Schedulers.parallel(), SimulationConfig.seeded(1));
                    SimNode home = member(simulation.network(), "home", "customer");
                    simulation.network().link("road", LinkKind.SECURED_STREAM, Duration.ofMillis(20), home);
                    return Flux.usingWhen(
                            simulation.start("home"),
                            node -> node.security()
                                    .concatWith(Mono.<Security>fromRunnable(home::revokeIdentity)
                                            .delaySubscription(Duration.ofHours(1), node.scheduler()))
                                    .concatWith(node.security()),
                            node -> simulation.closeAsync());
                })
                .thenAwait(Duration.ofHours(1))
                .expectNext(Security.SECURED, Security.NONE)
                .verifyComplete();
    }
}
