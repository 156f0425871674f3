package io.grasp.substrate.sim;

import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Tasks that wait for their times: earliest first, those of one time in the order in which they were given. */
final class Timers {
    private final NavigableSet<Timer> waiting = new TreeSet<>();
    private long given;

    /** A timer that does not wait here yet. */
    Timer timer(long nanoTime, Runnable task) {
        return new Timer(nanoTime, given++, Objects.requireNonNull(task, "task"));
    }

    void add(Timer timer) {
        waiting.add(timer);
    }

    /** Forgets all that wait. */
    void clear() {
        waiting.clear();
    }

    /** {@return whether the timer still waits} */
    boolean contains(Timer timer) {
        return waiting.contains(timer);
    }

    int size() {
        return waiting.size();
    }

    @Nullable
    Timer first() {
        return waiting.isEmpty() ? null : waiting.first();
    }

    /** {@return the earliest timer if it is due, which then waits no longer; else {@code null}} */
    @Nullable
    Timer pollDue(long now) {
        Timer first = first();
        return first != null && first.nanoTime - now <= 0 ? waiting.pollFirst() : null;
    }

    void cancel(Timer timer) {
        waiting.remove(timer);
        timer.cancelled = true;
    }

    /** One task. Those that wait are less than half the clock's range apart, so its overflow does no harm. */
    static final class Timer implements Runnable, Comparable<Timer> {
        private final long nanoTime;
        private final long order;
        private final Runnable task;
        private boolean cancelled;

        private Timer(long nanoTime, long order, Runnable task) {
            this.nanoTime = nanoTime;
            this.order = order;
            this.task = task;
        }

        long nanoTime() {
            return nanoTime;
        }

        @Override
        public void run() {
            if (!cancelled) {
                task.run();
            }
        }

        @Override
        public int compareTo(Timer other) {
            return nanoTime == other.nanoTime
                    ? Long.compare(order, other.order)
                    : Long.signum(nanoTime - other.nanoTime);
        }
    }
}
