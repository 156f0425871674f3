package io.grasp.observe;

/** How a session ended. */
public enum SessionOutcome {
    /** A discovery reached its timeout, or a synchronization delivered its value. */
    COMPLETED,
    /** One of the two sides accepted. */
    ACCEPTED,
    /** One of the two sides declined. */
    DECLINED,
    /** An error ended it. */
    FAILED,
    /** The caller cancelled it, or the ASA was deregistered, or the node was closed. */
    CANCELLED
}
