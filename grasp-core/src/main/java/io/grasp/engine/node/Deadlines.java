package io.grasp.engine.node;

import io.grasp.substrate.Loop;
import io.grasp.util.TimerHeap;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * All timers of one engine, with a single wake-up of the loop for the earliest. Postponing a timer costs almost
 * nothing, see {@link TimerHeap}.
 */
public final class Deadlines {
    private final Loop loop;
    private final TimerHeap<Deadline> heap = new TimerHeap<>();
    private Loop.@Nullable Wakeup wakeup;
    private long wakeupNanos;
    private boolean resting;

    Deadlines(Loop loop) {
        this.loop = loop;
    }

    /** Arms a timer; a delay beyond the clock's range is limited to it. */
    public Deadline in(Duration delay, Runnable action) {
        Deadline deadline = new Deadline(action);
        deadline.arm(delay);
        return deadline;
    }

    /** Makes a timer that is not armed yet. */
    public Deadline unarmed(Runnable action) {
        return new Deadline(action);
    }

    /** {@return the number of armed timers} */
    public int armed() {
        return heap.size();
    }

    /** Disarms all timers. */
    public void cancelAll() {
        heap.clear();
        schedule();
    }

    private void wake() {
        wakeup = null;
        long now = loop.deliveredUntil();
        try {
            for (Deadline due = heap.pollDue(now); due != null; due = heap.pollDue(now)) {
                due.action.run();
            }
        } finally {
            schedule();
        }
    }

    /** A wake-up that has become too early is kept, so that postponing a deadline needs no call of the loop. */
    private void schedule() {
        if (heap.size() == 0) {
            if (wakeup != null) {
                wakeup.cancel();
                wakeup = null;
            }
            return;
        }
        long earliest = heap.earliest();
        if (wakeup != null) {
            if (earliest - wakeupNanos >= 0) {
                return;
            }
            wakeup.cancel();
        }
        wakeupNanos = earliest;
        wakeup = loop.wakeAt(earliest, this::wake);
    }

    /**
     * Cancels the wake-up at the end of the turn, unless a timer is armed by then, which is usual when one wait follows
     * another.
     */
    private void rest() {
        if (!resting) {
            resting = true;
            loop.execute(() -> {
                resting = false;
                schedule();
            });
        }
    }

    /** One timer. */
    public final class Deadline extends TimerHeap.Timer {
        private final Runnable action;

        private Deadline(Runnable action) {
            this.action = action;
        }

        /** Arms the timer, or arms it again. */
        public void arm(Duration delay) {
            if (heap.arm(this, loop.nanoTime() + Nanos.of(delay))) {
                schedule();
            }
        }

        /** {@return the time that is left, not negative; {@code null} if it is not armed} */
        public @Nullable Duration remaining() {
            return heap.contains(this) ? Duration.ofNanos(Math.max(0, nanoTime() - loop.nanoTime())) : null;
        }

        /** Disarms the timer, if it is armed. */
        public void cancel() {
            if (heap.cancel(this) && heap.size() == 0) {
                rest();
            }
        }
    }
}
