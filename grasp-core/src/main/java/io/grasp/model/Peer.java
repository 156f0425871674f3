package io.grasp.model;

import java.net.InetAddress;
import java.util.Objects;

/**
 * The other side of a session, as its connection shows it.
 *
 * @param address the peer's address, without a scope
 * @param port the port of its end of the connection: of a peer that made the request any port, which is of no use for
 *     requests to it
 * @param link name of the link that the peer is on or that leads to it, empty if that is not known
 * @param linkIndex the substrate's index of that link, 0 if it is not known
 * @param local whether the peer is an ASA of the same node; it is on no link then
 */
public record Peer(InetAddress address, int port, String link, int linkIndex, boolean local) {
    public Peer {
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(link, "link");
    }
}
