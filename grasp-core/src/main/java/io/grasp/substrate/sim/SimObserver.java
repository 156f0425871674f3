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
     * @param reply whether the connection is opened to reply to a datagram, to the source of which it leads
     */
    default void connecting(String from, InetSocketAddress remote, boolean reply) {}
}
