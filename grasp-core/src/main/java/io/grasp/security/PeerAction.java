package io.grasp.security;

/** What a peer may be permitted to do with an objective. */
public enum PeerAction {
    /** Discover who supports the objective, with M_DISCOVERY. */
    DISCOVER,
    /** Answer a discovery of the objective, with M_RESPONSE. */
    ANSWER,
    /** Flood the objective, with M_FLOOD. */
    FLOOD,
    /** Request a negotiation about the objective, with M_REQ_NEG. */
    NEGOTIATE,
    /** Request the value of the objective, with M_REQ_SYN. */
    SYNCHRONIZE
}
