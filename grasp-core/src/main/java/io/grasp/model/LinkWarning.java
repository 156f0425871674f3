package io.grasp.model;

/** What an operator should know of a link that can be used all the same. */
public enum LinkWarning {
    /**
     * The system had silently dropped this node's membership in the multicast group of the link, and the node has
     * joined it again. What neighbors sent in between was lost.
     */
    MEMBERSHIP_LOST,

    /**
     * Neighbors that speak the other IP version on the link do not meet this node there, or cannot use the address that
     * it gives them.
     */
    OTHER_IP_VERSION
}
