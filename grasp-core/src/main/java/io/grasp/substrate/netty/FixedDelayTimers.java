package io.grasp.substrate.netty;

import io.grasp.substrate.Loop;
import io.grasp.util.IntrusiveList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits that are all equally long: what began first is over first, so one wake-up of the loop at a time is enough for
 * all. All calls are on the loop.
 */
final class FixedDelayTimers {
    private final Loop loop;
    private final long nanos;
    private final IntrusiveList<Wait> waiting = new IntrusiveList<>();
    private Loop.@Nullable Wakeup wakeup;

    /**
     * One of them.
     *
     * @param until when it is over
     * @param over run then
     */
    record Wait(long until, Runnable over) {}

    FixedDelayTimers(Loop loop, int millis) {
        this.loop = loop;
        this.nanos = TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /**
     * Begins to wait.
     *
     * @param over run when the time is up
     * @return what ends the wait before, by leaving
     */
    IntrusiveList.Link<Wait> begin(Runnable over) {
        Wait wait = new Wait(loop.nanoTime() + nanos, over);
        if (wakeup == null) {
            wakeup = loop.wakeAt(wait.until, this::wake);
        }
        return waiting.add(wait);
    }

    /** Cancels the wake-up, so that nothing that has not ended will be over; nothing is begun after that. */
    void stop() {
        if (wakeup != null) {
            wakeup.cancel();
            wakeup = null;
        }
    }

    private void wake() {
        long now = loop.deliveredUntil();
        try {
            for (IntrusiveList.Link<Wait> first = waiting.first();
                    first != null && first.value().until - now <= 0;
                    first = waiting.first()) {
                first.leave();
                first.value().over.run();
            }
        } finally {
            IntrusiveList.Link<Wait> next = waiting.first();
            wakeup = next == null ? null : loop.wakeAt(next.value().until, this::wake);
        }
    }
}
