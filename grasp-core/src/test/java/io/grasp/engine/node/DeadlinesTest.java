package io.grasp.engine.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.substrate.sim.VirtualLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    private final VirtualLoop loop = new VirtualLoop();
    private final Deadlines deadlines = new Deadlines(loop);
    private final List<String> fired = new ArrayList<>();

    private Deadlines.Deadline in(long millis, String name) {
        return deadlines.in(Duration.ofMillis(millis), () -> fired.add(name));
    }

    @Test
    void deadlinesFireInOrderAtTheirTimes() {
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
    void cancelledDeadlinesDoNotFireAndLeaveNoWakeup() {
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
    void rearmingMovesADeadline() {
        Deadlines.Deadline deadline = loop.call(() -> in(10, "a"));
        loop.advance(Duration.ofMillis(5));
        loop.run(() -> deadline.arm(Duration.ofMillis(50)));
        loop.advance(Duration.ofMillis(49));
        assertThat(fired).isEmpty();
        loop.advance(Duration.ofMillis(1));
        assertThat(fired).containsExactly("a");
    }

    @Test
    void endlessDurationsAreSupported() {
        loop.run(() -> deadlines.in(Duration.ofSeconds(Long.MAX_VALUE), () -> fired.add("never")));
        loop.run(() -> in(1, "soon"));
        loop.advance(Duration.ofDays(365));
        assertThat(fired).containsExactly("soon");
        assertThat(deadlines.armed()).isEqualTo(1);
        loop.run(deadlines::cancelAll);
        assertThat(loop.pendingWakeups()).isZero();
    }

    @Test
    void aDeadlineThatThrowsDoesNotStopTheOthers() {
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

    @Test
    void aDeadlineThatIsMovedTwiceFiresAtItsLastTime() {
        Deadlines.Deadline moved = loop.call(() -> in(10, "moved"));
        loop.run(() -> {
            in(30, "b");
            moved.arm(Duration.ofMillis(50));
            moved.arm(Duration.ofMillis(30));
            in(30, "c");
            moved.arm(Duration.ofMillis(20));
            moved.arm(Duration.ofMillis(30));
        });

        loop.advance(Duration.ofMillis(29));
        assertThat(fired).isEmpty();
        loop.advance(Duration.ofMillis(1));
        assertThat(fired).containsExactly("b", "c", "moved");
        assertThat(loop.pendingWakeups()).isZero();
    }

    @Test
    void aPostponedDeadlineCanBeCancelled() {
        Deadlines.Deadline moved = loop.call(() -> in(10, "moved"));
        loop.run(() -> {
            in(60, "b");
            moved.arm(Duration.ofMillis(50));
        });
        loop.advance(Duration.ofMillis(20));
        loop.run(moved::cancel);
        assertThat(deadlines.armed()).isEqualTo(1);
        loop.advance(Duration.ofMillis(40));
        assertThat(fired).containsExactly("b");
    }

    /** Against a sorted list: arming, cancelling and rearming at random while time passes; of equal times, the one armed first fires first. */
    @Test
    void deadlinesFireInOrderAfterRandomOperations() {
        Random random = new Random(7);
        Map<Integer, Entry> expected = new HashMap<>();
        Map<Integer, Deadlines.Deadline> armed = new HashMap<>();
        List<Integer> order = new ArrayList<>();
        List<Integer> due = new ArrayList<>();
        AtomicInteger sequence = new AtomicInteger();
        for (int round = 0; round < 300; round++) {
            long now = round;
            loop.run(() -> {
                for (int i = 0; i < 20; i++) {
                    int id = random.nextInt(500);
                    long in = random.nextInt(1, 100);
                    if (random.nextInt(5) == 0) {
                        expected.remove(id);
                        armed.computeIfPresent(id, (key, deadline) -> {
                            deadline.cancel();
                            return deadline;
                        });
                    } else {
                        expected.put(id, new Entry(id, now + in, sequence.getAndIncrement()));
                        armed.computeIfAbsent(id, key -> deadlines.unarmed(() -> order.add(id)))
                                .arm(Duration.ofMillis(in));
                    }
                }
            });
            assertThat(deadlines.armed()).isEqualTo(expected.size());
            loop.advance(Duration.ofMillis(1));
            expected.values().stream()
                    .filter(entry -> entry.at == now + 1)
                    .sorted(Comparator.comparingInt(Entry::order))
                    .forEach(entry -> due.add(entry.id));
            expected.values().removeIf(entry -> entry.at == now + 1);
            assertThat(order).isEqualTo(due);
        }
        assertThat(order).hasSizeGreaterThan(1000);
    }

    private record Entry(int id, long at, int order) {}
}
