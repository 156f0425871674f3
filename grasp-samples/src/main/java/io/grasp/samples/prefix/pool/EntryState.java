package io.grasp.samples.prefix.pool;

/**
 * What a prefix is to a node.
 *
 * <pre>
 *                 offer           commit
 *          FREE --------> OFFERED --------> DELEGATED
 *          ^ ^ ^            | |                 ^
 *          | | +--- undo ---+ | doubt, crash    | cede
 *          | |                v                 |
 *          | +---reclaim-- IN_DOUBT ------------+
 *          |
 *          |   assign
 *          + --------> ASSIGNED        FREE <-- release -- ASSIGNED
 *          |
 *          |           complete
 *          +---------------------- ACCEPTING -- abandon --> (none)
 *          |                           | doubt, crash
 *          |                           v
 *          +------- reclaim ----- UNCONFIRMED -- cede ----> (none)
 * </pre>
 */
public enum EntryState {
    /** The operator gave this prefix to the node. It stays listed, so that it is added once only. */
    SEED,
    /** In the pool: it may be offered, or assigned. */
    FREE,
    /** Offered to a peer in a negotiation under way. */
    OFFERED,
    /** A peer has accepted it. RFC 8992 has no message that returns it; it returns if the same peer offers it. */
    DELEGATED,
    /**
     * Offered to a peer, and the end of the negotiation was not received: the peer may have accepted. It counts as
     * delegated until the operator decides.
     */
    IN_DOUBT,
    /** In use by this node, for example on an interface. */
    ASSIGNED,
    /** A peer offers it, and this node is about to accept. Not in the pool yet. */
    ACCEPTING,
    /**
     * This node was about to accept it, and it is not known whether the peer received that. Not in the pool until the
     * operator decides, or the peer offers it again.
     */
    UNCONFIRMED;

    /** {@return whether the prefix is this node's: no other node may use it} */
    public boolean isOwn() {
        return this == FREE || this == OFFERED || this == ASSIGNED;
    }
}
