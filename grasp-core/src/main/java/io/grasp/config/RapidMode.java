package io.grasp.config;

/**
 * How a node answers rapid requests for an objective: discoveries that also carry a request (RFC 8990 section 2.5.4.5).
 */
public enum RapidMode {
    /** By an M_RESPONSE, like any other discovery. */
    OFF,
    /**
     * By the session itself. A negotiation request goes to the listening ASA, and the ASA's first message is the
     * answer; a synchronization request is answered by M_SYNCH. A peer that does not reply validly to such an answer
     * gets an M_RESPONSE at once, and only M_RESPONSE for the next ten minutes.
     */
    SESSION,
    /** By an M_RESPONSE that also holds the synchronized value, as graspy does it. It has no effect on negotiation. */
    RESPONSE
}
