package io.grasp.config;

/** How discoveries that are requests as well are answered for an objective (RFC 8990 section 2.5.4.5). */
public enum RapidMode {
    /** As any other: by an M_RESPONSE. */
    OFF,
    /**
     * By the session itself: a negotiation's request goes to who listens for it, and what that says is the answer; a
     * synchronization is answered by M_SYNCH. A peer that gives no valid reply gets an M_RESPONSE at once, and for ten
     * minutes nothing else.
     */
    SESSION,
    /** By an M_RESPONSE that holds the synchronized value as well: graspy's form. Of no use for negotiation. */
    RESPONSE
}
