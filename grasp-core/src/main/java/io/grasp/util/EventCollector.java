package io.grasp.util;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;

/**
 * Collects events for batches, as many in a second as a watcher wants. Rare events come soon after they happen, and
 * frequent ones cost few batches. The caller has the timer, and confines the collector to one thread.
 *
 * <pre>
 *   QUIET -- begin --> COLLECTING -- take --> QUIET
 * </pre>
 */
public final class EventCollector<E> {
    private final LongSupplier nanoClock;
    private final long periodNanos;
    private final long gatheringNanos;
    private final long most;
    /** A second's events may come at once. */
    private final TokenBucket rate;

    private List<E> events = new ArrayList<>();
    private long skipped;
    private boolean isCollecting;
    /** When the last batch was taken. */
    private long lastNanos;

    /**
     * A collector without events.
     *
     * @param nanoClock the time in nanoseconds
     * @param eventsPerSecond the maximum number of events
     * @param period the shortest time between two batches
     * @param gathering how long events are collected at least
     */
    public EventCollector(LongSupplier nanoClock, int eventsPerSecond, Duration period, Duration gathering) {
        this.nanoClock = nanoClock;
        this.periodNanos = period.toNanos();
        this.gatheringNanos = gathering.toNanos();
        this.most = eventsPerSecond * (2 + periodNanos / TimeUnit.SECONDS.toNanos(1));
        this.rate = new TokenBucket(nanoClock, eventsPerSecond, eventsPerSecond);
        this.lastNanos = nanoClock.getAsLong() - periodNanos;
    }

    /** {@return whether a batch has begun} */
    public boolean isCollecting() {
        return isCollecting;
    }

    /** {@return the time after which the batch that begins now is to be taken} */
    public Duration begin() {
        isCollecting = true;
        long left = lastNanos + periodNanos - nanoClock.getAsLong();
        return Duration.ofNanos(Math.max(left, gatheringNanos));
    }

    /** {@return whether an event may be added; otherwise it is counted as skipped} */
    public boolean hasRoom() {
        boolean hasRoom = events.size() < most && rate.tryTake(); // one that is not taken in time does not grow
        if (!hasRoom) {
            skipped++;
        }
        return hasRoom;
    }

    /** Adds an event for which there is room. */
    public void add(E event) {
        events.add(event);
    }

    /** {@return the batch, from the events and the number of those skipped} */
    public <B> B take(BiFunction<List<E>, Long, B> batch) {
        isCollecting = false;
        lastNanos = nanoClock.getAsLong();
        B taken = batch.apply(events, skipped);
        events = new ArrayList<>();
        skipped = 0;
        return taken;
    }
}
