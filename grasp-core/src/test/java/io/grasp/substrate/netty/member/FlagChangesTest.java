package io.grasp.substrate.netty.member;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.substrate.sim.VirtualLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FlagChangesTest {
    private final VirtualLoop loop = new VirtualLoop();
    private final List<Byte> taken = new ArrayList<>();
    private final FlagChanges changes = new FlagChanges(loop, taken::add);

    private void change(int flags) {
        call(() -> changes.change((byte) flags));
    }

    private void call(Runnable task) {
        loop.execute(task);
        loop.runReady();
    }

    @AfterEach
    void nothingWaits() {
        assertThat(loop.pendingWakeups()).isZero();
    }

    @Test
    void aFewChangesTakeEffectAtOnce() {
        change(0);
        change(3);
        change(2);
        change(3);
        change(3);
        assertThat(taken).containsExactly((byte) 3, (byte) 2, (byte) 3);
    }

    @Test
    void aPeerThatChangesItsFlagsAgainAndAgainHasOneChangeASecond() {
        for (int i = 0; i < 10_000; i++) {
            change(1 + i % 3);
            loop.advance(Duration.ofMillis(1));
        }
        assertThat(taken).as("in 10 s").hasSizeBetween(13, 15);
        loop.advance(Duration.ofSeconds(1));
        assertThat(taken).last().as("the latest").isEqualTo((byte) 1);
    }

    @Test
    void changesAreFreeAgainAfterAPause() {
        for (int i = 0; i < 100; i++) {
            change(1 + i % 3);
        }
        assertThat(taken).hasSize(5);
        loop.advance(Duration.ofSeconds(10));
        assertThat(taken).hasSize(6).last().isEqualTo((byte) 1);
        for (int i = 0; i < 5; i++) {
            change(2 + i % 2);
        }
        assertThat(taken).hasSize(11);
    }

    @Test
    void theLatestOfThoseThatWaitCountsUnlessTheLastConnectionHasEnded() {
        for (int i = 0; i < 100; i++) {
            change(1 + i % 2);
        }
        assertThat(taken).hasSize(5).last().isEqualTo((byte) 1);
        change(2);
        change(1);
        loop.advance(Duration.ofSeconds(10));
        assertThat(taken).as("what counts already").hasSize(5);
        for (int i = 0; i < 100; i++) {
            change(2 - i % 2);
        }
        call(changes::stop);
        loop.advance(Duration.ofSeconds(10));
        assertThat(taken).hasSize(10);
    }
}
