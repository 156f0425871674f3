package io.grasp.samples.prefix.pool;

/** What the log of assignments records. */
public enum LogEvent {
    /** The operator gave the prefix to the node. */
    SEEDED(0),
    /** The operator took the prefix from the node. */
    WITHDRAWN(0),
    /** The node obtained the prefix from a peer. */
    ACQUIRED(0),
    /** A peer accepted the prefix. */
    DELEGATED(1),
    /** The node uses the prefix itself. */
    ASSIGNED(1),
    /** The node no longer uses the prefix. */
    RELEASED(-1),
    /** A prefix that was offered may have been accepted: see {@link EntryState#IN_DOUBT}. */
    IN_DOUBT(1),
    /** A prefix may have been obtained: see {@link EntryState#UNCONFIRMED}. */
    UNCONFIRMED(0),
    /** The operator put a prefix that was in doubt back into the pool. */
    RECLAIMED(-1),
    /** The operator put a prefix that was not confirmed into the pool. */
    ADOPTED(0),
    /** The operator left a doubtful prefix to the peer. */
    CEDED(0),
    /** A prefix that was delegated, or in doubt, came back in an offer of its peer. */
    RETURNED(-1);

    private final int consumption;

    LogEvent(int consumption) {
        this.consumption = consumption;
    }

    /** {@return 1 if the space of the prefix was consumed, -1 if it was given back, otherwise 0} */
    int consumption() {
        return consumption;
    }
}
