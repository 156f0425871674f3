package io.grasp.inspection;

import io.grasp.model.PeerIdentity;
import io.grasp.util.AddressText;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * A connection of sessions, answers or extensions. In an overlay or an Autonomic Control Plane several of them may
 * share one TLS connection.
 *
 * @param peer the address and port of the other end, which may be a name that is being resolved
 * @param identity what the peer's certificate says; empty if the peer is not authenticated
 * @param link the name of the link that the peer is on; empty if that is not known
 * @param local whether the other end is an ASA of this node
 * @param direction which side has opened it
 * @param state its state
 * @param reading whether input is read; otherwise this node waits until its ASA or the peer has taken what it has
 * @param unsentMessages the number of messages that the network has not accepted yet
 * @param unsentBytes the number of their bytes
 * @param pendingBytes the number of received bytes that are not yet a whole message, or wait for their turn
 * @param age the time since it was opened, or since this node began to open it
 */
public record ConnectionEntry(
        InetSocketAddress peer,
        Optional<PeerIdentity> identity,
        String link,
        boolean local,
        Direction direction,
        State state,
        boolean reading,
        int unsentMessages,
        int unsentBytes,
        int pendingBytes,
        Duration age) {
    /** The side that has opened a connection. */
    public enum Direction {
        /** The peer. */
        INCOMING,
        /** This node. */
        OUTGOING
    }

    /** The state of a connection. */
    public enum State {
        /** It is being opened. */
        OPENING,
        /** It is open. */
        OPEN,
        /** It is open as a raw channel. */
        RAW,
        /** It is being closed, or this node waits until the peer closes it. */
        CLOSING
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
