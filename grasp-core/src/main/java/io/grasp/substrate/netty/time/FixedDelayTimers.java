package io.grasp.substrate.netty.time;

import io.grasp.substrate.Loop;
import io.grasp.util.IntrusiveList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Timers with one common delay: the oldest expires first, so a single wake-up of the loop serves all. All calls are on
 * the loop.
 */
public final class FixedDelayTimers {
    private final Loop loop;
    private final long nanos;
    private final IntrusiveList<Timer> waiting = new IntrusiveList<>();
    private Loop.@Nullable Wakeup wakeup;
    private boolean stopped;

    /**
     * One timer.
     *
     * @param until when it expires
     * @param over run when it expires
     */
    public record Timer(long until, Runnable over) {}

    /**
     * Timers, none of which runs.
     *
     * @param loop the loop
     * @param nanos the delay of each
     */
    public FixedDelayTimers(Loop loop, long nanos) {
        this.loop = loop;
        this.nanos = nanos;
    }

    /** {@return the common delay in milliseconds} */
    public long delayMillis() {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    /**
     * Starts a timer.
     *
     * @param over run when it expires
     * @return its place in the list; removing it stops the timer
     */
    public IntrusiveList.Node<Timer> begin(Runnable over) {
        Timer timer = new Timer(loop.nanoTime() + nanos, over);
        if (wakeup == null) {
            wakeup = loop.wakeAt(timer.until, this::wake);
        }
        return waiting.add(timer);
    }

    /** Cancels the wake-up, so that no running timer expires. No timer is started after this. */
    public void stop() {
        stopped = true;
        if (wakeup != null) {
            wakeup.cancel();
            wakeup = null;
        }
    }

    private void wake() {
        long now = loop.deliveredUntil();
        try {
            for (IntrusiveList.Node<Timer> first = waiting.first();
                    first != null && !stopped && first.value().until - now <= 0;
                    first = waiting.first()) {
                first.leave();
                first.value().over.run();
            }
        } finally {
            IntrusiveList.Node<Timer> next = waiting.first();
            wakeup = next == null || stopped ? null : loop.wakeAt(next.value().until, this::wake);
        }
    }
}
