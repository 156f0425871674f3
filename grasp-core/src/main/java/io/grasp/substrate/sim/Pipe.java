package io.grasp.substrate.sim;

import java.util.ArrayDeque;
import java.util.Queue;

/** One direction of a stream: what is sent arrives in order, after the route's delay; nothing does on a broken route. */
final class Pipe {
    private final SimNetwork network;
    private final Route route;
    private final Queue<Runnable> underWay = new ArrayDeque<>();
    private long lastArrival;

    Pipe(SimNetwork network, Route route) {
        this.network = network;
        this.route = route;
    }

    Route route() {
        return route;
    }

    /** Sends something; nothing overtakes what was sent before, even if the delay has become shorter since. */
    void send(Runnable arrival) {
        long due = network.loop().nanoTime() + route.delayNanos();
        if (underWay.isEmpty() || due - lastArrival > 0) {
            lastArrival = due;
        }
        underWay.add(arrival);
        network.deliverAt(lastArrival, this::arrive);
    }

    private void arrive() {
        Runnable arrival = underWay.remove();
        if (route.isIntact()) {
            arrival.run();
        }
    }
}
