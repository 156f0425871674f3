package io.grasp.substrate.sim;

import io.grasp.substrate.sim.Path.Hop;
import io.grasp.substrate.sim.time.SeededRandom;
import io.grasp.substrate.sim.time.Timeline;
import org.jspecify.annotations.Nullable;

/**
 * A packet that travels along a path, possibly more than once. On a link with limited bandwidth it must wait for its
 * turn; on all other paths the arrival is known in advance, so that the whole journey is a single event.
 */
abstract class Packet implements Runnable {
    private final Timeline timeline;
    private final int size;
    private Path path;
    private int nextHop;
    private long flaps;
    private @Nullable SeededRandom corrupter;

    Packet(Timeline timeline, Path path, int size) {
        this.timeline = timeline;
        this.path = path;
        this.size = size;
    }

    /** The packet has reached the end of the path, and the node there is up. */
    abstract void arrived();

    /** The packet will not arrive. May be called from within {@link #launch}. */
    abstract void lost();

    /** {@return when it arrives at the end, given the earliest possible time} */
    long arrivalAt(long earliest) {
        return earliest;
    }

    /** {@return the generator for changing its bits, or {@code null} if it arrives unchanged} */
    @Nullable
    SeededRandom corrupter() {
        return corrupter;
    }

    void launch(Path newPath) {
        path = newPath;
        nextHop = 0;
        corrupter = null;
        flaps = path.flaps();
        if (path.isUsable()) {
            travel();
        } else {
            lost();
        }
    }

    private void travel() {
        long now = timeline.elapsed();
        long delay = 0;
        for (; nextHop < path.hops().size(); nextHop++) {
            Hop hop = path.hops().get(nextHop);
            LinkConditions conditions = hop.conditions();
            if (conditions.bandwidth() > 0 && delay > 0) {
                timeline.deliverAt(now + delay, this);
                return;
            }
            long queued = hop.transmit(size);
            SeededRandom random = hop.random();
            if (queued < 0 || random.happens(conditions.loss())) {
                lost();
                return;
            }
            if (size > 0 && random.happens(conditions.corruption())) {
                corrupter = random;
            }
            delay += queued
                    + conditions.delay().toNanos()
                    + random.upTo(conditions.jitter().toNanos());
        }
        timeline.deliverAt(arrivalAt(now + delay), this);
    }

    /** The packet has reached the end, or a link that it enters only now. */
    @Override
    public final void run() {
        boolean intact = path.flaps() == flaps && path.isUsable();
        boolean atEnd = nextHop == path.hops().size();
        if (!intact || atEnd && !path.isEndAwake()) {
            lost();
        } else if (atEnd) {
            arrived();
        } else {
            travel();
        }
    }
}
