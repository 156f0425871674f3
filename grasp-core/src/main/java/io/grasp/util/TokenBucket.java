package io.grasp.util;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Allows a burst, and then a number of events per second. It stores a time instead of tokens: the time at which the
 * bucket would be full again. It may be used on several threads.
 */
public final class TokenBucket {
    private final LongSupplier nanoClock;
    private final long interval;
    private final long depth;
    private final AtomicLong fullAt;

    /**
     * A full bucket.
     *
     * @param nanoClock the time in nanoseconds
     * @param perSecond how many events it allows in a second
     * @param burst how many it allows at once
     */
    public TokenBucket(LongSupplier nanoClock, int perSecond, int burst) {
        this(nanoClock, Duration.ofSeconds(1).dividedBy(perSecond), burst);
    }

    /**
     * A full bucket.
     *
     * @param nanoClock the time in nanoseconds
     * @param between how long it takes until it allows one more
     * @param burst how many it allows at once
     */
    public TokenBucket(LongSupplier nanoClock, Duration between, int burst) {
        this.nanoClock = nanoClock;
        this.interval = between.toNanos();
        this.depth = interval * burst;
        this.fullAt = new AtomicLong(nanoClock.getAsLong());
    }

    /** {@return whether there was a token, which is taken} */
    public boolean tryTake() {
        while (true) {
            long now = nanoClock.getAsLong();
            long full = fullAt.get();
            if (untilToken(full, now) > 0) {
                return false;
            }
            if (fullAt.compareAndSet(full, afterTaking(full, now))) {
                return true;
            }
        }
    }

    public boolean hasToken() {
        return untilToken() == 0;
    }

    /** Takes a token in any case. */
    public void take() {
        long now = nanoClock.getAsLong();
        fullAt.updateAndGet(full -> afterTaking(full, now));
    }

    /** {@return the nanoseconds until there is a token, 0 if there is one} */
    public long untilToken() {
        return untilToken(fullAt.get(), nanoClock.getAsLong());
    }

    /** {@return the number of tokens} */
    public int tokens() {
        return (int) ((depth - untilFull(fullAt.get(), nanoClock.getAsLong())) / interval);
    }

    /** {@return whether nothing is missing} */
    public boolean isFull() {
        return untilFull(fullAt.get(), nanoClock.getAsLong()) == 0;
    }

    private long untilToken(long full, long now) {
        return Math.max(0, untilFull(full, now) + interval - depth);
    }

    private long afterTaking(long full, long now) {
        return now + untilFull(full, now) + interval;
    }

    /** The times may have wrapped around. */
    private static long untilFull(long full, long now) {
        return Math.max(0, full - now);
    }
}
