package io.grasp.substrate.netty;

import io.grasp.substrate.Loop;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits that are all equally long: what began first is over first, so beginning and ending one is a link in a chain, and one
 * wake-up of the loop at a time is enough for all. All calls are on the loop.
 */
final class Waits {
    private final Loop loop;
    private final long nanos;
    private @Nullable Wait first;
    private @Nullable Wait last;
    private Loop.@Nullable Wakeup wakeup;

    Waits(Loop loop, int millis) {
        this.loop = loop;
        this.nanos = TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** @param over run when the time is up, unless the wait has been ended */
    Wait begin(Runnable over) {
        Wait wait = new Wait(loop.nanoTime() + nanos, over);
        wait.before = last;
        if (last == null) {
            first = wait;
        } else {
            last.after = wait;
        }
        last = wait;
        if (wakeup == null) {
            wakeup = loop.wakeAt(wait.until, this::wake);
        }
        return wait;
    }

    /** Cancels the wake-up, so that nothing that has not ended will be over; nothing is begun after that. */
    void stop() {
        if (wakeup != null) {
            wakeup.cancel();
            wakeup = null;
        }
    }

    private void wake() {
        long now = loop.nanoTime();
        try {
            for (Wait next = first; next != null && next.until - now <= 0; next = first) {
                next.end();
                next.over.run();
            }
        } finally {
            wakeup = first == null ? null : loop.wakeAt(first.until, this::wake);
        }
    }

    /** One of them. */
    final class Wait {
        private final long until;
        private final Runnable over;
        private @Nullable Wait before;
        private @Nullable Wait after;
        private boolean ended;

        private Wait(long until, Runnable over) {
            this.until = until;
            this.over = over;
        }

        /** Ends it before its time; again does nothing. */
        void end() {
            if (ended) {
                return;
            }
            ended = true;
            if (before == null) {
                first = after;
            } else {
                before.after = after;
            }
            if (after == null) {
                last = before;
            } else {
                after.before = before;
            }
            before = null; // one that is old would keep those after it alive, and what they hold
            after = null;
        }
    }
}
