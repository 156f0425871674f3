package io.grasp.util;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TimerHeapTest {
    private final TimerHeap<Timer> timers = new TimerHeap<>();
    private final List<Timer> expected = new ArrayList<>();
    private final SplittableRandom random = new SplittableRandom(1);

    private static final class Timer extends TimerHeap.Timer {}

    private void arm(Timer timer, long origin) {
        timers.arm(timer, origin + random.nextInt(50));
        if (!expected.contains(timer)) {
            expected.add(timer);
        }
    }

    private Timer anyOf(List<Timer> waiting) {
        return waiting.get(random.nextInt(waiting.size()));
    }

    private Timer earliest() {
        Timer earliest = expected.get(0);
        for (Timer timer : expected) {
            if (timer.isBefore(earliest)) {
                earliest = timer;
            }
        }
        return earliest;
    }

    /** Compared with a plain list, including clock overflow. */
    @Test
    void theEarliestTimerComesFirstAfterRandomOperations() {
        long origin = Long.MAX_VALUE - 25;
        for (int i = 0; i < 5000; i++) {
            arm(new Timer(), origin);
            arm(new Timer(), origin);
            arm(anyOf(expected), origin);
            if (random.nextInt(3) == 0) {
                Timer cancelled = anyOf(expected);
                assertThat(timers.cancel(cancelled)).isTrue();
                assertThat(timers.cancel(cancelled)).isFalse();
                expected.remove(cancelled);
                assertThat(timers.contains(cancelled)).isFalse();
            }
            if (random.nextInt(3) > 0) {
                Timer first = earliest();
                assertThat(timers.earliest() - first.nanoTime()).isLessThanOrEqualTo(0);
                assertThat(timers.pollDue(first.nanoTime() - 1)).isNull();
                assertThat(timers.first()).isSameAs(first);
                assertThat(timers.pollDue(first.nanoTime())).isSameAs(first);
                assertThat(timers.contains(first)).isFalse();
                expected.remove(first);
            }
            if (expected.size() > 100) {
                timers.clear();
                assertThat(timers.first()).isNull();
                assertThat(timers.contains(expected.get(0))).isFalse();
                expected.clear();
            }
            assertThat(timers.size()).isEqualTo(expected.size());
            if (expected.isEmpty()) {
                arm(new Timer(), origin);
            }
        }
    }

    @Test
    void timersOfOneTimeFireInTheOrderOfTheirLastArming() {
        Timer first = new Timer();
        Timer second = new Timer();
        timers.arm(first, 5);
        timers.arm(second, 5);
        assertThat(timers.arm(first, 5)).isFalse();

        assertThat(timers.pollDue(5)).isSameAs(second);
        assertThat(timers.pollDue(5)).isSameAs(first);
        assertThat(timers.pollDue(5)).isNull();
    }
}
