package io.grasp.substrate.sim;

import io.grasp.substrate.sim.SimEvent.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Who is told what happens. Callers make up an event's parts only if {@link #any}, so that silence costs nothing. */
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

    /** Something that has to do with no message. */
    void tell(Kind kind, String node, String link, String detail) {
        tell(kind, node, "", link, NO_BYTES, detail);
    }

    /** Something on a route. */
    void tell(Kind kind, Route route, byte[] bytes, String detail) {
        if (any()) {
            tell(kind, route.from().name(), route.to().name(), route.linkName(), bytes, detail);
        }
    }

    void tell(Kind kind, Route route, String detail) {
        tell(kind, route, NO_BYTES, detail);
    }

    /** A message from one attachment to another on the same link. */
    void tell(Kind kind, Attachment from, Attachment to, byte[] bytes, String detail) {
        if (any()) {
            tell(kind, from.node().name(), to.node().name(), from.name(), bytes, detail);
        }
    }

    private void tell(Kind kind, String from, String to, String link, byte[] bytes, String detail) {
        if (any()) {
            SimEvent event = new SimEvent(Duration.ofNanos(network.elapsed()), kind, from, to, link, bytes, detail);
            observers.forEach(observer -> observer.happened(event));
        }
    }
}
