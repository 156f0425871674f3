package io.grasp.observe;

/** How a session ended. */
public enum SessionOutcome {
    /** A discovery came to its timeout, a synchronization delivered its value. */
    COMPLETED,
    /** One of the two accepted. */
    ACCEPTED,
    /** One of the two declined. */
    DECLINED,
    /** An error ended it. */
    FAILED,
    /** The user gave it up, or the ASA or the node went. */
    CANCELLED
}
