package io.grasp.benchmarks.attack;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** How far an attack is. Thread-safe. */
final class Progress {
    private final PrintWriter out;
    private final long start = System.nanoTime();
    private final long nanos;
    private final AtomicBoolean isReady = new AtomicBoolean();
    private final AtomicLong done = new AtomicLong();

    /** @param longest the time after which the attack ends by itself */
    Progress(PrintWriter out, Duration longest) {
        this.out = out;
        this.nanos = longest.toNanos();
    }

    boolean goesOn() {
        return System.nanoTime() - start < nanos;
    }

    /** Counts a datagram, a connection or a round. */
    long count() {
        return done.incrementAndGet();
    }

    long counted() {
        return done.get();
    }

    /** Reports that the attack is at its full strength; only the first call counts. */
    void ready() {
        if (isReady.compareAndSet(false, true)) {
            out.println("ready after=" + done);
            out.flush();
        }
    }

    /** Waits until the end of the attack. */
    void rest() {
        while (goesOn()) {
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
