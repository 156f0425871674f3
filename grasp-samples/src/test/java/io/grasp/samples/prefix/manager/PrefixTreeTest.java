package io.grasp.samples.prefix.manager;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.samples.prefix.manager.PrefixTree.Shape;
import io.grasp.samples.prefix.pool.EntryState;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** Trees of prefix managers under loss, crashes and partitions. */
class PrefixTreeTest {
    @Test
    void noPrefixIsAllocatedTwiceOrLostInAnHourOfFaults(TestReporter reporter) {
        PrefixTree.play(1, new Shape(100, 3, "2001:db8::/32", minutes(3), seconds(10), minutes(3), 0.1), tree -> {
            tree.live(Duration.ofHours(1), minutes(10));
            tree.recover(minutes(20));
            reporter.publishEntry(tree.counts().toString());

            assertThat(tree.counts().crashes).isGreaterThan(100);
            assertThat(tree.counts().waiting).isPositive();
            assertThat(tree.counts().notStored).isGreaterThan(100);
            assertThat(tree.hungry()).isEmpty();
        });
    }

    @Test
    void allOfAPoolThatIsTooSmallIsUsedAndNothingElse(TestReporter reporter) {
        PrefixTree.play(2, new Shape(20, 3, "2001:db8::/57", seconds(30), minutes(1), minutes(1), 0.1), tree -> {
            tree.live(minutes(40), minutes(10));
            tree.recover(minutes(20));
            reporter.publishEntry(tree.counts().toString());

            assertThat(tree.counts().declined).isPositive();
            assertThat(tree.entries(EntryState.ASSIGNED)).hasSizeBetween(32, 128);
        });
    }

    @Test
    @Tag("long")
    void noPrefixIsAllocatedTwiceOrLostInAWeekOfFaultsOnAThousandManagers(TestReporter reporter) {
        PrefixTree.play(
                3,
                new Shape(1000, 3, "2001:db8::/32", Duration.ofHours(1), minutes(1), Duration.ofHours(1), 0.1),
                tree -> {
                    tree.live(Duration.ofDays(7), Duration.ofHours(4));
                    tree.recover(Duration.ofHours(1));
                    reporter.publishEntry(tree.counts().toString());

                    assertThat(tree.counts().crashes).isGreaterThan(3_000);
                    assertThat(tree.counts().inDoubt).isGreaterThan(100);
                    assertThat(tree.hungry()).as(tree.counts().toString()).isEmpty();
                });
    }

    private static Duration minutes(long number) {
        return Duration.ofMinutes(number);
    }

    private static Duration seconds(long number) {
        return Duration.ofSeconds(number);
    }
}
