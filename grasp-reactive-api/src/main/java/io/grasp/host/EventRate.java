package io.grasp.host;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Permits a burst of events, and then one each time that an interval has passed. It may be used on several threads, and
 * stores the time at which the burst is possible again.
 */
final class EventRate {
    private final Supplier<Duration> clock;
    private final long interval;
    private final long depth;
    private final AtomicLong fullAt;

    EventRate(Supplier<Duration> clock, Duration interval, int burst) {
        this.clock = clock;
        this.interval = interval.toNanos();
        this.depth = this.interval * burst;
        this.fullAt = new AtomicLong(clock.get().toNanos());
    }

    /** {@return whether an event is permitted, which then has happened} */
    boolean permits() {
        long now = clock.get().toNanos();
        while (true) {
            long full = fullAt.get();
            long next = Math.max(full, now) + interval;
            if (next - now > depth) {
                return false;
            }
            if (fullAt.compareAndSet(full, next)) {
                return true;
            }
        }
    }
}
