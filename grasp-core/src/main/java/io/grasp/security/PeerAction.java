package io.grasp.security;

/** What a peer may be permitted to do with an objective. */
public enum PeerAction {
    /** Discover who supports the objective, with M_DISCOVERY. */
    DISCOVER,
    /**
     * Answer for the objective: a discovery with M_RESPONSE, and the requests of this node for negotiation or
     * synchronization. If the peer of such a request may not, it is treated as one that cannot be connected to.
     */
    ANSWER,
    /** Flood the objective, with M_FLOOD. */
    FLOOD,
    /** Request a negotiation about the objective, with M_REQ_NEG. */
    NEGOTIATE,
    /** Request the value of the objective, with M_REQ_SYN. */
    SYNCHRONIZE
}
