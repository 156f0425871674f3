package io.grasp.samples.prefix.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.samples.prefix.pool.EntryState;
import io.grasp.simulation.SimulationConfig;
import io.grasp.simulation.SimulationRunner;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Trees of prefix managers under loss, crashes and partitions. */
class PrefixTreeTest {
    private static SimulationRunner runner(long seed) {
        return SimulationRunner.create(SimulationConfig.seeded(seed).withInvariants(List.of()).withKeptEvents(1000));
    }

    @Test
    void noPrefixIsAllocatedTwiceOrLostInAnHourOfFaults() {
        SimulationRunner run = runner(1);
        PrefixTree tree = new PrefixTree(
                run,
                new PrefixTree.Shape(
                        100,
                        3,
                        "2001:db8::/32",
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(5),
                        Duration.ofMinutes(3),
                        0.1),
                1);

        tree.live(Duration.ofHours(1), Duration.ofMinutes(10));
        tree.recover(Duration.ofMinutes(20));

        System.out.println(tree.counts()); System.out.println(tree.counts().reasons.toString().replace(", ", "\n"));
        assertThat(tree.hungry()).isEmpty();
        run.close();
    }
}
