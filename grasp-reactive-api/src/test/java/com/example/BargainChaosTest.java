package com.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Grasp;
import io.grasp.api.TypedOutcome;
import io.grasp.simulation.chaos.Chaos;
import io.grasp.simulation.chaos.ChaosConfig;
import io.grasp.simulation.chaos.ChaosNode;
import io.grasp.simulation.chaos.ChaosRun;
import io.grasp.simulation.chaos.ChaosWorkload;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;

class BargainChaosTest {
    /** Node 0 is the town with the bank; the other nodes are homes. */
    static class Country implements ChaosWorkload {
        @Override
        public Publisher<?> started(ChaosNode node, Grasp grasp) {
            return node.number() == 0 ? BargainTest.bank(grasp) : grasp.registerAsa("idler");
        }

        @Override
        public void recovered(ChaosRun run) {
            Grasp home = run.nodes().get(1).grasp().orElseThrow();
            TypedOutcome<Integer> outcome = run.runner().await(BargainTest.customer(home, 90));

            assertThat(outcome.agreed()).isPresent();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void bothSidesAgreeUnderAllFaults(long seed) {
        Chaos.verify(ChaosConfig.seeded(seed).withNodes(4), Country::new);
    }
}
