package com.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Grasp;
import io.grasp.api.TypedOutcome;
import io.grasp.model.TypedObjective;
import io.grasp.simulation.SimulationRunner;
import io.grasp.substrate.sim.LinkConditions;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

class BargainTest {
    static final TypedObjective<Integer> EX3 = TypedObjective.negotiable("EX3", Integer.class);

    /** The first ASA: offers half of what is asked for, and 10 more in each turn. */
    static Mono<Void> bank(Grasp node) {
        return node.registerAsa("bank")
                .flatMap(asa -> asa.typed(EX3).register())
                .flatMap(ex3 -> ex3.listenNegotiate(customer -> customer.converse(offers ->
                        offers.index((turn, asked) -> asked.propose(asked.value() / 2 + 10 * turn.intValue())))));
    }

    /** The second ASA: repeats the discovery until a bank answers, insists, and accepts two thirds of the sum or more. */
    static Mono<TypedOutcome<Integer>> customer(Grasp node, int sum) {
        return node.registerAsa("customer")
                .flatMap(asa -> asa.typed(EX3).register())
                .flatMap(ex3 -> ex3.discover(Duration.ofMillis(600))
                        .next()
                        .repeatWhenEmpty(again -> again.delayElements(Duration.ofSeconds(1), node.scheduler()))
                        .flatMap(bank -> ex3.negotiate(
                                sum,
                                bank,
                                offers -> offers.map(
                                        offer -> 3 * offer.value() >= 2 * sum ? offer.accept() : offer.propose(sum)))));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void bothSidesAgreeAlthoughOneMessageInFiveIsLost(long seed) {
        SimulationRunner.verify(seed, run -> {
            run.link(
                    "road",
                    LinkConditions.PERFECT.withDelay(Duration.ofMillis(20)).withLoss(0.2),
                    "town",
                    "home");

            run.inBackground(bank(run.start("town")));
            TypedOutcome<Integer> outcome = run.await(customer(run.start("home"), 90));

            assertThat(outcome.agreed())
                    .hasValueSatisfying(sum -> assertThat(sum).isBetween(60, 90));
        });
    }
}
