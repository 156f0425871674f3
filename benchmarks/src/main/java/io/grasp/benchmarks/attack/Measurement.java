package io.grasp.benchmarks.attack;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Offers traffic at a fixed rate, whatever becomes of earlier exchanges, and counts the successes. */
final class Measurement {
    private final Traffic traffic;
    private final double rate;
    private final long patience;
    private int begun;

    Measurement(Traffic traffic, double rate) {
        this.traffic = traffic;
        this.rate = rate;
        this.patience = traffic.patience().toNanos();
    }

    /** @param ok the number of exchanges that succeeded within the traffic's patience */
    record Count(int offered, int ok) {}

    Count run(double seconds) {
        int offers = (int) Math.max(1, Math.round(rate * seconds));
        AtomicInteger ok = new AtomicInteger();
        Pace pace = new Pace(rate);
        for (int i = 0; i < offers; i++) {
            pace.await();
            long start = System.nanoTime();
            try {
                traffic.begin(begun++, () -> {
                    if (System.nanoTime() - start < patience) {
                        ok.incrementAndGet();
                    }
                });
            } catch (IOException e) {
                // it counts as failed
            }
        }
        long last = System.nanoTime();
        while (ok.get() < offers && System.nanoTime() - last < patience) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
        return new Count(offers, ok.get());
    }
}
