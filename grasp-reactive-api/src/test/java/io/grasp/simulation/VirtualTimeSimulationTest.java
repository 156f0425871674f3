package io.grasp.simulation;

import io.grasp.api.Asa;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.Objective;
import io.grasp.substrate.sim.LinkConditions;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.topology.Topology;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** A simulation made inside the supplier of a StepVerifier runs at its virtual time, with no other set-up. */
class VirtualTimeSimulationTest {
    private static final Objective EX3 = Objective.discoverable("EX3");

    private static Flux<AsaLocator> discoverOverAChain(Duration timeout) {
        Simulation simulation = Simulation.on(Schedulers.parallel(), SimulationConfig.seeded(1));
        Topology.chain(5)
                .build(simulation.network(), LinkKind.DATAGRAM, LinkConditions.PERFECT.withDelay(Duration.ofMillis(1)));
        Mono<Asa> seeker = simulation.start("n0").flatMap(node -> node.registerAsa("seeker"));
        Mono<Void> relays =
                Flux.just("n1", "n2", "n3").flatMap(simulation::start).then();
        Mono<Asa> responder = simulation
                .start("n4")
                .flatMap(node -> node.registerAsa("responder"))
                .flatMap(asa -> asa.register(EX3, RegistrationOptions.DEFAULTS.withDiscoverable(true))
                        .thenReturn(asa));
        return Flux.usingWhen(
                relays.then(responder).then(seeker), asa -> asa.discover(EX3, timeout), asa -> simulation.closeAsync());
    }

    @Test
    void aDiscoveryOverThreeRelaysTakesItsTime() {
        StepVerifier.withVirtualTime(() -> discoverOverAChain(Duration.ofHours(5)))
                .expectSubscription()
                .thenAwait(Duration.ofMillis(100))
                .expectNextCount(1)
                .expectNoEvent(Duration.ofHours(4))
                .thenAwait(Duration.ofHours(1))
                .verifyComplete();
    }

    @Test
    void cancellingADiscoveryLeavesNothing() {
        StepVerifier.withVirtualTime(
                        () -> discoverOverAChain(Duration.ofHours(5)).take(1))
                .expectSubscription()
                .thenAwait(Duration.ofSeconds(5))
                .expectNextCount(1)
                .verifyComplete();
    }
}
