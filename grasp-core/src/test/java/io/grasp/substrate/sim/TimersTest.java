package io.grasp.substrate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.substrate.sim.Timers.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TimersTest {
    private final Timers timers = new Timers();
    private final List<Timer> expected = new ArrayList<>();
    private final SplittableRandom random = new SplittableRandom(1);

    private void add(long origin) {
        Timer timer = timers.timer(origin + random.nextInt(50), () -> {});
        timers.add(timer);
        expected.add(timer);
    }

    private Timer anyOf(List<Timer> waiting) {
        return waiting.get(random.nextInt(waiting.size()));
    }

    /** Against a plain list, also where the clock overflows. */
    @Test
    void theEarliestComesFirstWhateverIsCancelled() {
        long origin = Long.MAX_VALUE - 25;
        for (int i = 0; i < 5000; i++) {
            add(origin);
            add(origin);
            if (random.nextInt(3) == 0) {
                Timer cancelled = anyOf(expected);
                timers.cancel(cancelled);
                timers.cancel(cancelled);
                expected.remove(cancelled);
                assertThat(timers.contains(cancelled)).isFalse();
            }
            if (random.nextInt(3) > 0) {
                Timer first = expected.stream().min(Timer::compareTo).orElseThrow();
                assertThat(timers.first()).isSameAs(first);
                assertThat(timers.pollDue(first.nanoTime() - 1)).isNull();
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
        }
    }
}
