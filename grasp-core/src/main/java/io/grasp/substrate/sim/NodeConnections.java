package io.grasp.substrate.sim;

import io.grasp.model.Locator;
import io.grasp.substrate.LinkLostException;
import io.grasp.util.AddressText;
import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The connections of a node whose listeners have not been told that they are closed. */
final class NodeConnections {
    private static final int FIRST_EPHEMERAL_PORT = 0xC000;

    private final SimNetwork network;
    private final Set<SimConnection> open = new LinkedHashSet<>(4);
    private int dialed;

    NodeConnections(SimNetwork network) {
        this.network = network;
    }

    int size() {
        return open.size();
    }

    int nextEphemeralPort() {
        return FIRST_EPHEMERAL_PORT + dialed++ % (Locator.MAX_PORT + 1 - FIRST_EPHEMERAL_PORT);
    }

    void add(SimConnection connection) {
        if (open.add(connection)) {
            network.countConnections(1);
        }
    }

    void remove(SimConnection connection) {
        if (open.remove(connection)) {
            network.countConnections(-1);
        }
    }

    void shutDown() {
        List.copyOf(open).forEach(SimConnection::shutDown);
    }

    /** An address of the node is no more, and with it the connections that have it. */
    void lost(InetAddress address) {
        for (SimConnection connection : List.copyOf(open)) {
            if (address.equals(connection.local())) {
                connection.sever(new LinkLostException("this node no longer has the address " + AddressText.of(address)
                        + " that the connection to " + AddressText.of(connection.remote()) + " began at"));
            }
        }
    }

    /** The node crashes: nobody is told. */
    void vanish() {
        open.forEach(SimConnection::vanish);
        network.countConnections(-open.size());
        open.clear();
    }
}
