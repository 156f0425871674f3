package io.grasp.observe;

import io.grasp.model.PeerIdentity;
import io.grasp.util.AddressText;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The path that a message took.
 *
 * @param kind the kind of path
 * @param link the link's name, empty if it is not known; for a connection it is determined only if something is dropped
 * @param peer the peer's address; {@code null} if it is unknown or there are several peers
 * @param identity what the certificate of the neighbor or peer says, which a relayed message did not begin at;
 *     {@code null} if it is not authenticated
 */
public record MessagePath(
        Kind kind,
        String link,
        @Nullable InetSocketAddress peer,
        @Nullable PeerIdentity identity) {
    /** A kind of path. */
    public enum Kind {
        /** To or from the neighbors on a link. */
        LINK,
        /** On a connection with a peer. */
        CONNECTION,
        /** Between two ASAs of this node. */
        LOOPBACK
    }

    /** The path of a multicast that was sent on no link. */
    public static final MessagePath SOME_LINK = new MessagePath(Kind.LINK, "", null);

    /** The path of a message between ASAs of one node. */
    public static final MessagePath LOOPBACK = new MessagePath(Kind.LOOPBACK, "", null);

    /**
     * A path with a peer that is not authenticated.
     *
     * @param kind see {@link #kind}
     * @param link the link's name
     * @param peer the peer's address and port, if known
     */
    public MessagePath(Kind kind, String link, @Nullable InetSocketAddress peer) {
        this(kind, link, peer, null);
    }

    /**
     * The path of a multicast on a link.
     *
     * @param name the link's name
     * @return the path
     */
    public static MessagePath link(String name) {
        return new MessagePath(Kind.LINK, name, null);
    }

    /**
     * The path of a multicast that was received on a link.
     *
     * @param name the link's name
     * @param source the source address and port
     * @return the path
     */
    public static MessagePath link(String name, InetSocketAddress source) {
        return new MessagePath(Kind.LINK, name, source);
    }

    /**
     * The path of a message on a connection.
     *
     * @param peer the peer's address and port
     * @return the path
     */
    public static MessagePath connection(InetSocketAddress peer) {
        return new MessagePath(Kind.CONNECTION, "", peer);
    }

    /**
     * {@return this path with the link's name}
     *
     * @param name the link's name
     */
    public MessagePath withLink(String name) {
        return new MessagePath(kind, name, peer, identity);
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
