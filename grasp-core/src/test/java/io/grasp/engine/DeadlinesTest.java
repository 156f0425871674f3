package io.grasp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.substrate.sim.VirtualLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private final VirtualLoop loop = new VirtualLoop();
    private final Deadlines deadlines = new Deadlines(loop);
    private final List<String> fired = new ArrayList<>();

    private Deadlines.Deadline in(long millis, String name) {
        return deadlines.in(Duration.ofMillis(millis), () -> fired.add(name));
    }

    @Test
    void theyFireInOrderAndAtTheirTime() {
        loop.run(() -> {
            in(30, "c");
            in(10, "a");
            in(20, "b");
            in(20, "b2");
        });

        loop.advance(Duration.ofMillis(19));
        assertThat(fired).containsExactly("a");
        loop.advance(Duration.ofMillis(1));
        assertThat(fired).containsExactly("a", "b", "b2");
        loop.advance(Duration.ofMillis(100));
        assertThat(fired).containsExactly("a", "b", "b2", "c");
        assertThat(deadlines.armed()).isZero();
        assertThat(loop.pendingWakeups()).isZero();
    }

    @Test
    void cancelledOnesDoNotFireAndLeaveNoWakeUp() {
        List<Deadlines.Deadline> armed = new ArrayList<>();
        loop.run(() -> {
            for (int i = 0; i < 100; i++) {
                armed.add(in(i, "x"));
            }
            armed.forEach(Deadlines.Deadline::cancel);
            armed.forEach(Deadlines.Deadline::cancel);
        });

        assertThat(deadlines.armed()).isZero();
        assertThat(loop.pendingWakeups()).isZero();
        loop.advance(Duration.ofSeconds(1));
        assertThat(fired).isEmpty();
    }

    @Test
    void rearmingMovesIt() {
        Deadlines.Deadline deadline = loop.call(() -> in(10, "a"));
        loop.advance(Duration.ofMillis(5));
        loop.run(() -> deadline.arm(Duration.ofMillis(50)));
        loop.advance(Duration.ofMillis(49));
        assertThat(fired).isEmpty();
        loop.advance(Duration.ofMillis(1));
        assertThat(fired).containsExactly("a");
    }

    @Test
    void endlessDurationsAreHeld() {
        loop.run(() -> deadlines.in(Duration.ofSeconds(Long.MAX_VALUE), () -> fired.add("never")));
        loop.run(() -> in(1, "soon"));
        loop.advance(Duration.ofDays(365));
        assertThat(fired).containsExactly("soon");
        assertThat(deadlines.armed()).isEqualTo(1);
        loop.run(deadlines::cancelAll);
        assertThat(loop.pendingWakeups()).isZero();
    }

    @Test
    void oneThatThrowsDoesNotStopTheOthers() {
        loop.run(() -> {
            deadlines.in(Duration.ofMillis(1), () -> {
                throw new IllegalStateException("first");
            });
            in(1, "second");
        });

        assertThatThrownBy(() -> loop.advance(Duration.ofMillis(5))).hasMessage("first");
        loop.advance(Duration.ofMillis(5));
        assertThat(fired).containsExactly("second");
    }

    /** Against a list that is sorted: arming, cancelling and rearming at random. */
    @Test
    void randomUseKeepsTheOrder() {
        Random random = new Random(7);
        List<Entry> expected = new ArrayList<>();
        List<Integer> order = new ArrayList<>();
        loop.run(() -> {
            for (int i = 0; i < 2000; i++) {
                int id = i;
                long at = random.nextInt(1, 1000);
                Deadlines.Deadline deadline = deadlines.in(Duration.ofMillis(at), () -> order.add(id));
                expected.add(new Entry(id, at, i, deadline));
                int what = random.nextInt(4);
                if (what == 0) {
                    Entry victim = expected.remove(random.nextInt(expected.size()));
                    victim.deadline.cancel();
                } else if (what == 1) {
                    int index = random.nextInt(expected.size());
                    Entry moved = expected.get(index);
                    long later = random.nextInt(1, 1000);
                    moved.deadline.arm(Duration.ofMillis(later));
                    expected.set(index, new Entry(moved.id, later, 2000 + i, moved.deadline));
                }
            }
        });
        assertThat(deadlines.armed()).isEqualTo(expected.size());

        loop.advance(Duration.ofSeconds(2));

        expected.sort(Comparator.comparingLong(Entry::at));
        assertThat(order).hasSize(expected.size());
        for (int i = 0; i < order.size(); i++) {
            long at = expected.get(i).at;
            int id = order.get(i);
            assertThat(expected.stream()
                            .filter(entry -> entry.id == id)
                            .findFirst()
                            .orElseThrow()
                            .at)
                    .isEqualTo(at);
        }
    }

    private record Entry(int id, long at, int order, Deadlines.Deadline deadline) {}
}
