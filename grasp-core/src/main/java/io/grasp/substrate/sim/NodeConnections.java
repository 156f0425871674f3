package io.grasp.substrate.sim;

import io.grasp.model.Locator;
import io.grasp.model.PeerRefusal;
import io.grasp.substrate.LinkLostException;
import io.grasp.util.AddressText;
import io.grasp.util.LazySet;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/** The connections of a node whose closing has not been reported to their listeners yet. */
final class NodeConnections {
    private static final int FIRST_EPHEMERAL_PORT = 0xC000;

    private final NetworkContext context;
    private final Set<SimConnection> open = new LazySet<>();
    private int dialed;

    NodeConnections(NetworkContext context) {
        this.context = context;
    }

    int size() {
        return open.size();
    }

    int nextEphemeralPort() {
        return FIRST_EPHEMERAL_PORT + dialed++ % (Locator.MAX_PORT + 1 - FIRST_EPHEMERAL_PORT);
    }

    void add(SimConnection connection) {
        if (open.add(connection)) {
            context.countConnections(1);
        }
    }

    void remove(SimConnection connection) {
        if (open.remove(connection)) {
            context.countConnections(-1);
        }
    }

    void shutDown() {
        List.copyOf(open).forEach(SimConnection::shutDown);
    }

    /** Ends the connections of an address that the node has lost. */
    void lost(InetAddress address) {
        for (SimConnection connection : List.copyOf(open)) {
            if (address.equals(connection.local())) {
                connection.sever(new LinkLostException("this node no longer has the address " + AddressText.of(address)
                        + " that the connection to " + AddressText.of(connection.remote()) + " began at"));
            }
        }
    }

    /** The node can no longer authenticate itself as before: it closes its authenticated connections. */
    void endAuthenticated(String why) {
        authenticated()
                .forEach(connection -> connection.severBoth(new IOException(
                        "the connection to " + AddressText.of(connection.remote()) + " has ended: " + why)));
    }

    /** The peers end their authenticated connections with the node. */
    void refuseAuthenticated(PeerRefusal reason) {
        authenticated().forEach(connection -> connection.refuseByPeer(reason));
    }

    private List<SimConnection> authenticated() {
        return open.stream()
                .filter(connection -> connection.peerIdentity() != null)
                .toList();
    }

    /** The node crashes: no listener is notified. */
    void vanish() {
        open.forEach(SimConnection::vanish);
        context.countConnections(-open.size());
        open.clear();
    }
}
