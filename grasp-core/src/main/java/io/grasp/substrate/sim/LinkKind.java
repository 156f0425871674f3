package io.grasp.substrate.sim;

import io.grasp.substrate.Link;

/** How a link carries messages to all neighbors. */
public enum LinkKind {
    /**
     * As UDP multicast over IPv6: a message is at most 1232 bytes long and comes back to its sender too; a reply comes
     * on a new connection.
     */
    DATAGRAM(1280 - 48, false),

    /** As a copy on a stream to each neighbor: a message may be of any size, and a reply comes on the same stream. */
    STREAM(Link.UNBOUNDED, true);

    private final int maxMulticastBytes;
    private final boolean repliesInBand;

    LinkKind(int maxMulticastBytes, boolean repliesInBand) {
        this.maxMulticastBytes = maxMulticastBytes;
        this.repliesInBand = repliesInBand;
    }

    int maxMulticastBytes() {
        return maxMulticastBytes;
    }

    boolean repliesInBand() {
        return repliesInBand;
    }
}
