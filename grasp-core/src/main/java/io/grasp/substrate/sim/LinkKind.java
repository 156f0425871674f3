package io.grasp.substrate.sim;

import io.grasp.substrate.Link;

/** How a link carries messages to all neighbors. */
public enum LinkKind {
    /**
     * As UDP multicast over IPv6: a message is at most 48 bytes shorter than the link's
     * {@linkplain LinkConditions#mtu() MTU} and is also delivered to its sender, regardless of loss; a reply comes on a
     * new connection.
     */
    DATAGRAM(false, false),

    /** As a copy on a stream to each neighbor: a message may be of any size, and a reply comes on the same stream. */
    STREAM(true, false),

    /**
     * As {@link #DATAGRAM}, and the nodes on it authenticate each other by {@linkplain SimNode#setIdentity their
     * identities}: messages of nodes that are not members of the receiver's domain do not arrive. Connections whose
     * path has such a link are authenticated from end to end.
     */
    SECURED_DATAGRAM(false, true),

    /** As {@link #STREAM}, and authenticated as {@link #SECURED_DATAGRAM} is. */
    SECURED_STREAM(true, true);

    private final boolean repliesInBand;
    private final boolean secured;

    LinkKind(boolean repliesInBand, boolean secured) {
        this.repliesInBand = repliesInBand;
        this.secured = secured;
    }

    /** {@return whether the nodes on it authenticate each other} */
    public boolean isSecured() {
        return secured;
    }

    int maxMulticastBytes(LinkConditions conditions) {
        return repliesInBand ? Link.UNBOUNDED : conditions.mtu() - LinkConditions.UDP_HEADERS;
    }

    /** {@return whether a reply to a multicast comes on the stream of the multicast} */
    public boolean repliesInBand() {
        return repliesInBand;
    }
}
