package io.grasp.substrate.sim;

import io.grasp.substrate.Link;

/** How a link carries messages to all neighbors. */
public enum LinkKind {
    /**
     * As UDP multicast over IPv6: a message is at most 48 bytes shorter than the link's
     * {@linkplain LinkConditions#mtu() MTU} and is also delivered to its sender, regardless of loss; a reply comes on a
     * new connection.
     */
    DATAGRAM(false),

    /** As a copy on a stream to each neighbor: a message may be of any size, and a reply comes on the same stream. */
    STREAM(true);

    private final boolean repliesInBand;

    LinkKind(boolean repliesInBand) {
        this.repliesInBand = repliesInBand;
    }

    int maxMulticastBytes(LinkConditions conditions) {
        return repliesInBand ? Link.UNBOUNDED : conditions.mtu() - LinkConditions.UDP_HEADERS;
    }

    boolean repliesInBand() {
        return repliesInBand;
    }
}
