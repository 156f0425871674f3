package io.grasp.model;

import io.grasp.util.AddressText;
import java.net.InetAddress;
import java.util.Objects;
import java.util.Optional;

/**
 * The other side of a session, as known from its connection.
 *
 * @param address the peer's address, without a scope
 * @param port the port of its end of the connection; if the peer made the request, this is an arbitrary port that
 *     accepts no requests
 * @param link name of the link on which the peer is or that leads to it, empty if unknown
 * @param linkIndex the substrate's index of that link, 0 if unknown
 * @param local whether the peer is an ASA of the same node; then it is on no link
 * @param identity what the certificate of the peer's node says; empty if the substrate does not authenticate its peers,
 *     and for an ASA of the same node
 */
public record Peer(
        InetAddress address, int port, String link, int linkIndex, boolean local, Optional<PeerIdentity> identity) {
    /** Checks the components. */
    public Peer {
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(link, "link");
        Objects.requireNonNull(identity, "identity");
    }

    /**
     * A peer that is not authenticated.
     *
     * @param address the address
     * @param port the port
     * @param link see {@link #link}
     * @param linkIndex see {@link #linkIndex}
     * @param local see {@link #local}
     */
    public Peer(InetAddress address, int port, String link, int linkIndex, boolean local) {
        this(address, port, link, linkIndex, local, Optional.empty());
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
