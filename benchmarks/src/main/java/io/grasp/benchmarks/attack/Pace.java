package io.grasp.benchmarks.attack;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Lets a thread pass at a rate, and catches up after a delay. Not thread-safe. */
final class Pace {
    private final double nanos;
    private final long start = System.nanoTime();
    private long passed;

    /** @param perSecond the rate, 0 for no limit */
    Pace(double perSecond) {
        nanos = perSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(1) / perSecond;
    }

    void await() {
        long due = start + (long) (passed++ * nanos);
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
