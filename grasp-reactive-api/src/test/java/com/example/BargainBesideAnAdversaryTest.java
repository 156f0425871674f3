package com.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.TypedOutcome;
import io.grasp.simulation.SimulationRunner;
import io.grasp.simulation.adversary.Adversary;
import io.grasp.simulation.adversary.Attack;
import io.grasp.simulation.adversary.AttackRun;
import io.grasp.substrate.sim.LinkConditions;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BargainBesideAnAdversaryTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void bothSidesAgreeBesideAnAdversary(long seed) {
        SimulationRunner.verify(seed, run -> {
            run.link("road", LinkConditions.PERFECT.withDelay(Duration.ofMillis(20)), "town", "home", "mallory");
            AttackRun mallory = run.attack(
                    "mallory",
                    Adversary.of(Attack.DISCOVERY_STORM, 200)
                            .and(Attack.ENDLESS_NEGOTIATIONS, 50)
                            .and(Attack.SILENT_CONNECTIONS, 50)
                            .withObjectives("EX3")
                            .withForgedSources(0.5)
                            .withSeed(seed));

            run.inBackground(BargainTest.bank(run.start("town")));
            TypedOutcome<Integer> outcome = run.await(BargainTest.customer(run.start("home"), 90));

            assertThat(outcome.agreed()).isPresent();
            assertThat(mallory.counts().total()).isPositive();
        });
    }
}
