package io.grasp.substrate.sim;

import java.net.InetSocketAddress;

/**
 * Is notified of the events of a simulated network in order, on its loop, or on the thread that changes the network
 * while it does not run. An observer may read the network's state, but must not change it.
 */
@FunctionalInterface
public interface SimObserver {
    /**
     * An event happened.
     *
     * @param event the event
     */
    void happened(SimEvent event);

    /**
     * A node is about to open a connection, whether or not that is possible. This is not an event: it is no part of a
     * trace.
     *
     * @param from the name of the node
     * @param remote the address and port; a link-local IPv6 address has the index of the node's link as scope
     * @param purpose what the connection is for
     */
    default void connecting(String from, InetSocketAddress remote, Purpose purpose) {}

    /**
     * A connection that a node opens has been confirmed by the other end: from now on its bytes are sent. This is no
     * event of a trace either.
     *
     * @param from the name of the node that opens it
     * @param remote as for {@link #connecting}
     */
    default void connected(String from, InetSocketAddress remote) {}

    /** What a node opens a connection for. */
    enum Purpose {
        /** To a locator. */
        SESSION,
        /** To reply to a multicast, to its source. */
        MULTICAST_REPLY,
        /** To reply to a unicast datagram, to its source. */
        UNICAST_REPLY
    }
}
