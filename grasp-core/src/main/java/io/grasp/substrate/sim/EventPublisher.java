package io.grasp.substrate.sim;

import io.grasp.substrate.sim.SimEvent.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The observers of a network. Callers create an event's parts only if there are {@link #any}, so that a network without
 * observers has no cost.
 */
final class EventPublisher {
    private static final byte[] NO_BYTES = {};

    private final SimNetwork network;
    private final List<SimObserver> observers = new ArrayList<>();

    EventPublisher(SimNetwork network) {
        this.network = network;
    }

    void add(SimObserver observer) {
        observers.add(observer);
    }

    boolean any() {
        return !observers.isEmpty();
    }

    /** Reports an event without a message. */
    void publish(Kind kind, String node, String link, String detail) {
        publish(kind, node, "", link, NO_BYTES, detail);
    }

    /** Reports an event on a route. */
    void publish(Kind kind, Route route, byte[] bytes, String detail) {
        if (any()) {
            publish(kind, route.from().name(), route.to().name(), route.linkName(), bytes, detail);
        }
    }

    void publish(Kind kind, Route route, String detail) {
        publish(kind, route, NO_BYTES, detail);
    }

    /** Reports an event of a message from one attachment to another on the same link. */
    void publish(Kind kind, Attachment from, Attachment to, byte[] bytes, String detail) {
        if (any()) {
            publish(kind, from.node().name(), to.node().name(), from.name(), bytes, detail);
        }
    }

    private void publish(Kind kind, String from, String to, String link, byte[] bytes, String detail) {
        if (any()) {
            SimEvent event = new SimEvent(Duration.ofNanos(network.elapsed()), kind, from, to, link, bytes, detail);
            observers.forEach(observer -> observer.happened(event));
        }
    }
}
