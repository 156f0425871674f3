package io.grasp.observe;

/** Why a message was not processed. */
public enum DropReason {
    /** Not a well-formed GRASP message. */
    MALFORMED,
    /**
     * A response or a flood in which nothing can be used here: all its locators, or its pairs of an objective and a
     * tag, are inexact or unknown (RFC 8990 section 2.8.2). It is relayed all the same.
     */
    NOTHING_USABLE,
    /** A multicast that this node has begun or relayed, and that came back. */
    OWN,
    /** Already received: same session and initiator. */
    DUPLICATE,
    /** The links are not protected (RFC 8990 section 2.5.1). */
    NO_SECURITY,
    /**
     * A connection to an address of this host that is not one of its links', so that nothing vouches for it (RFC 8990
     * section 2.5.1).
     */
    NOT_SERVED,
    /** A message type that nobody knows. */
    UNKNOWN_TYPE,
    /** A message type that has no business on this path: a request by multicast, a flood by unicast. */
    WRONG_PATH,
    /** A message that does not fit the state of its session. */
    OUT_OF_TURN,
    /** A request for an objective whose flags are not for that: F_NEG, F_SYNCH (RFC 8990 section 2.10.3). */
    OBJECTIVE_FLAGS,
    /** A message of a session that is not, or no longer, known. */
    NO_SESSION,
    /** A request whose Session ID is active here (RFC 8990 section 2.8.6). */
    SESSION_CLASH,
    /** A request for an objective that no ASA listens for. */
    NOT_LISTENING,
    /** A discovery of an objective that no ASA here supports. */
    NOT_SUPPORTED,
    /** A discovery of such an objective, whose loop count does not let it be relayed either. */
    LOOP_COUNT,
    /** Not relayed because the relay rate was reached; a flood is processed here all the same. */
    RELAY_RATE,
    /** A response to a relayed discovery whose locators mean nothing beyond the link it came from. */
    LINK_LOCAL_RESPONSE,
    /**
     * A locator in a response, or the tag of a flooded objective, that leads into this node or to no peer: a loopback,
     * unspecified, multicast or broadcast address, port 0, this node's port at an address of this host, an address of
     * an interface that no node of this host uses, a link-local address without its link, a name that no host can have.
     * Counted for each; the others in the message are used.
     */
    UNUSABLE_LOCATOR,
    /** A flood from a link-local initiator with a loop count other than 1 (RFC 8990 section 2.5.6.2). */
    LINK_LOCAL_FLOOD,
    /** To a DULL instance: from an address that is not link-local, or is on another link (RFC 8990 section 2.5.2). */
    DULL_SOURCE,
    /** To a DULL instance: a loop count other than 1, which of a flood is that of its first objective. */
    DULL_LOOP_COUNT,
    /** To a DULL instance: an objective that it is not for. */
    DULL_OBJECTIVE,
    /** To a DULL instance: a message type that nobody may send it unasked. */
    DULL_TYPE,
    /**
     * To a DULL instance: a response with an O_DIVERT, or a locator that is not link-local; or a flooded objective with
     * such a tag, counted for each, while the others in its message are used.
     */
    DULL_LOCATOR,
    /** An answer in rapid mode to a discovery that has been answered, or that a relay cannot pass on. */
    LATE_RAPID,
    /** A bound of this node was reached, or a link is too small for a multicast that others carry. */
    LIMIT,
    /** M_NOOP, which is always ignored. */
    NOOP
}
