package io.grasp.substrate.sim;

import io.grasp.substrate.sim.Route.Hop;
import io.grasp.substrate.sim.time.SeededRandom;
import org.jspecify.annotations.Nullable;

/**
 * A packet that travels along a route, possibly more than once. On a link with limited bandwidth it must wait for its
 * turn; on all other routes the arrival is known in advance, so that the whole journey is a single event.
 */
abstract class Packet implements Runnable {
    private final SimNetwork network;
    private final int size;
    private Route route;
    private int nextHop;
    private long flaps;
    private @Nullable SeededRandom corrupter;

    Packet(SimNetwork network, Route route, int size) {
        this.network = network;
        this.route = route;
        this.size = size;
    }

    /** The packet has reached the end of the route, and the node there is up. */
    abstract void arrived();

    /** The packet will not arrive. May be called from within {@link #launch}. */
    abstract void lost();

    /** {@return when it arrives at the end, given the earliest possible time} */
    long arrivalAt(long earliest) {
        return earliest;
    }

    SimNetwork network() {
        return network;
    }

    Route route() {
        return route;
    }

    /** {@return the generator for changing its bits, or {@code null} if it arrives unchanged} */
    @Nullable
    SeededRandom corrupter() {
        return corrupter;
    }

    void launch(Route newRoute) {
        route = newRoute;
        nextHop = 0;
        corrupter = null;
        flaps = route.flaps();
        if (route.isUsable()) {
            travel();
        } else {
            lost();
        }
    }

    private void travel() {
        long now = network.elapsed();
        long delay = 0;
        for (; nextHop < route.hops().size(); nextHop++) {
            Hop hop = route.hops().get(nextHop);
            LinkConditions conditions = hop.link().conditions();
            if (conditions.bandwidth() > 0 && delay > 0) {
                network.deliverAt(now + delay, this);
                return;
            }
            long queued = hop.from().transmit(size);
            SeededRandom random = hop.link().random();
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
        network.deliverAt(arrivalAt(now + delay), this);
    }

    /** The packet has reached the end, or a link that it enters only now. */
    @Override
    public final void run() {
        boolean intact = route.flaps() == flaps && route.isUsable();
        boolean atEnd = nextHop == route.hops().size();
        if (!intact || atEnd && !route.to().isAwake()) {
            lost();
        } else if (atEnd) {
            arrived();
        } else {
            travel();
        }
    }
}
