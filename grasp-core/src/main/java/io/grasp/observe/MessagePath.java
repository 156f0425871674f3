package io.grasp.observe;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The way that a message took.
 *
 * @param kind what kind of way
 * @param link the link's name, empty unless the kind is {@link Kind#LINK}
 * @param peer the peer's address, {@code null} where it is not known or there are many
 */
public record MessagePath(Kind kind, String link, @Nullable InetSocketAddress peer) {
    /** A kind of way. */
    public enum Kind {
        /** To or from the neighbors on a link. */
        LINK,
        /** On a connection with a peer. */
        CONNECTION,
        /** Between two ASAs of this node. */
        LOOPBACK
    }

    /** Where the substrate has dropped something without telling from whom it came. */
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
}
