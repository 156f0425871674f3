package io.grasp.substrate.sim;

import io.grasp.substrate.sim.SimEvent.Kind;
import io.grasp.substrate.sim.time.Timeline;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * The observers of a network. Callers create an event's parts only if there are {@link #any}, so that a network without
 * observers has no cost.
 */
final class EventPublisher {
    private static final byte[] NO_BYTES = {};

    private final Timeline timeline;
    private final List<SimObserver> observers = new ArrayList<>();

    EventPublisher(Timeline timeline) {
        this.timeline = timeline;
    }

    void add(SimObserver observer) {
        observers.add(observer);
    }

    boolean any() {
        return !observers.isEmpty();
    }

    /** Reports that a node is about to open a connection. */
    void connecting(String from, InetSocketAddress remote, SimObserver.Purpose purpose) {
        observers.forEach(observer -> observer.connecting(from, remote, purpose));
    }

    /** Reports that a connection which a node opens is confirmed. */
    void connected(String from, InetSocketAddress remote) {
        observers.forEach(observer -> observer.connected(from, remote));
    }

    /** Reports an event without a message. */
    void publish(Kind kind, String node, String link, String detail) {
        publish(kind, node, "", link, NO_BYTES, detail);
    }

    /** Reports an event on a path. */
    void publish(Kind kind, Path path, byte[] bytes, String detail) {
        if (any()) {
            publish(kind, path.start(), path.end(), path.linkName(), bytes, detail);
        }
    }

    void publish(Kind kind, Path path, String detail) {
        publish(kind, path, NO_BYTES, detail);
    }

    /** Reports an event of a message from one node to another on a link. */
    void publish(Kind kind, String from, String to, String link, byte[] bytes, String detail) {
        if (any()) {
            SimEvent event = new SimEvent(timeline.now(), kind, from, to, link, bytes, detail);
            observers.forEach(observer -> observer.happened(event));
        }
    }
}
