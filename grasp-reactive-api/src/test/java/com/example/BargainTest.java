package com.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Grasp;
import io.grasp.api.Move;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.NegotiationOutcome.Accepted;
import io.grasp.model.Objective;
import io.grasp.simulation.SimulationRunner;
import io.grasp.substrate.sim.LinkConditions;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

class BargainTest {
    static final Objective EX3 = Objective.negotiable("EX3");

    /** The one ASA: offers half of what is asked for, and 10 more in each turn. A customer who gets lost is no matter. */
    static Mono<Void> bank(Grasp node) {
        return node.registerAsa("bank")
                .flatMap(asa -> asa.register(EX3)
                        .then(asa.listenNegotiate(
                                EX3,
                                customer -> customer.converse(offers -> offers.index(
                                        (turn, asked) -> Move.propose(sum(asked) / 2 + 10 * turn.intValue()))))));
    }

    /** The other one: asks again until a bank answers, insists, and takes two thirds of the sum or more. */
    static Mono<NegotiationOutcome> customer(Grasp node, int sum) {
        return node.registerAsa("customer")
                .flatMap(asa -> asa.register(EX3)
                        .then(asa.discover(EX3, Duration.ofMillis(600))
                                .next()
                                .repeatWhenEmpty(again -> again.delayElements(Duration.ofSeconds(1), node.scheduler())))
                        .flatMap(bank -> asa.negotiate(
                                EX3.withValue(sum),
                                bank,
                                offers -> offers.map(
                                        offer -> 3 * sum(offer) >= 2 * sum ? Move.accept() : Move.propose(sum)))));
    }

    static int sum(Objective objective) {
        return objective.value().as(Integer.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void theyAgreeThoughOneMessageInFiveIsLost(long seed) {
        SimulationRunner.verify(seed, run -> {
            run.link(
                    "road",
                    LinkConditions.PERFECT.withDelay(Duration.ofMillis(20)).withLoss(0.2),
                    "town",
                    "home");

            run.inBackground(bank(run.start("town")));
            NegotiationOutcome outcome = run.await(customer(run.start("home"), 90));

            assertThat(outcome).isInstanceOf(Accepted.class);
            assertThat(sum(((Accepted) outcome).objective())).isBetween(60, 90);
        });
    }
}
