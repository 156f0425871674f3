package io.grasp.substrate.sim;

import io.grasp.substrate.sim.Route.Hop;
import org.jspecify.annotations.Nullable;

/**
 * Something that travels along a route, once or again. A link that bounds its bandwidth is entered when its turn comes;
 * everything else is known beforehand, so that on other routes a journey is one event.
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

    /** It has reached the end of the route, and the node there is up. */
    abstract void arrived();

    /** It will not arrive. May be told from within {@link #launch}. */
    abstract void lost();

    /** {@return when it arrives at the end, given when it could} */
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

    /** It is where it was on its way to: at the end, or at a link that is entered only now. */
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
