package io.grasp.metrics;

import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Measures how long a task waits for its turn on the loop. It measures only while messages come in, at most ten times a
 * second: so an idle node needs no timer, and a network at virtual time can become idle.
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
            // the loop is ending; there is nothing left to measure
        }
    }

    private void answer() {
        waiting = false;
        timer.record(nanoTime.getAsLong() - askedAt, TimeUnit.NANOSECONDS);
    }
}
