package io.grasp.model;

/** A warning to the operator about a link that can still be used. */
public enum LinkWarning {
    /**
     * The system had silently dropped this node's membership in the multicast group of the link, and the node has
     * joined it again. Multicasts sent by neighbors in between were lost.
     */
    MEMBERSHIP_LOST,

    /**
     * Neighbors that use the other IP version on the link do not hear this node there, or cannot use the address that
     * it gives them.
     */
    OTHER_IP_VERSION,

    /**
     * There is no connection to a neighbor of a link that consists of connections, or the neighbors of the link cannot
     * be found out. The node tries again.
     */
    NEIGHBOR_UNREACHABLE,

    /**
     * Two nodes that run at the same time have the same name: one of them uses the certificate of the other, which may
     * have been copied.
     */
    SAME_NAME
}
