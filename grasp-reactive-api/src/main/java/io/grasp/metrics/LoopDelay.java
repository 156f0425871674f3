package io.grasp.metrics;

import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How long a task that is given to the loop waits for its turn. Asked while messages come in, and no more often than
 * ten times a second: an idle node has no timer for it, and a network at virtual time comes to rest.
 */
final class LoopDelay {
    private static final long PAUSE_NANOS = Duration.ofMillis(100).toNanos();

    private final Timer timer;
    private final LongSupplier nanoTime;
    private final Executor loop;
    private boolean everAsked;
    private boolean waiting;
    private long askedAt;

    LoopDelay(Timer timer, LongSupplier nanoTime, Executor loop) {
        this.timer = timer;
        this.nanoTime = nanoTime;
        this.loop = loop;
    }

    void ask() {
        if (waiting) {
            return;
        }
        long now = nanoTime.getAsLong();
        if (everAsked && now - askedAt < PAUSE_NANOS) {
            return;
        }
        everAsked = true;
        askedAt = now;
        waiting = true;
        try {
            loop.execute(this::answer);
        } catch (RejectedExecutionException e) {
            // the loop is ending, and nobody will ask again
        }
    }

    private void answer() {
        waiting = false;
        timer.record(nanoTime.getAsLong() - askedAt, TimeUnit.NANOSECONDS);
    }
}
