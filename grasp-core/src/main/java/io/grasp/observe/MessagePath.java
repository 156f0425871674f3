package io.grasp.observe;

import io.grasp.util.AddressText;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The path that a message took.
 *
 * @param kind the kind of path
 * @param link the link's name, empty unless the kind is {@link Kind#LINK}
 * @param peer the peer's address; {@code null} if it is unknown or there are several peers
 */
public record MessagePath(Kind kind, String link, @Nullable InetSocketAddress peer) {
    /** A kind of path. */
    public enum Kind {
        /** To or from the neighbors on a link. */
        LINK,
        /** On a connection with a peer. */
        CONNECTION,
        /** Between two ASAs of this node. */
        LOOPBACK
    }

    /** The path of something that the substrate dropped without reporting its source. */
    public static final MessagePath SOME_LINK = new MessagePath(Kind.LINK, "", null);

    public static final MessagePath SOME_CONNECTION = new MessagePath(Kind.CONNECTION, "", null);

    public static final MessagePath LOOPBACK = new MessagePath(Kind.LOOPBACK, "", null);

    public static MessagePath link(String name) {
        return new MessagePath(Kind.LINK, name, null);
    }

    public static MessagePath link(String name, InetSocketAddress source) {
        return new MessagePath(Kind.LINK, name, source);
    }

    public static MessagePath connection(InetSocketAddress peer) {
        return new MessagePath(Kind.CONNECTION, "", peer);
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
