package io.grasp.observe;

/** How a session ended. */
public enum SessionOutcome {
    /** A discovery that has found a locator ended, or a synchronization delivered its value. */
    COMPLETED,
    /** A discovery ended that has found no locator. */
    UNANSWERED,
    /** One of the two sides accepted. */
    ACCEPTED,
    /** One of the two sides declined. */
    DECLINED,
    /** An error ended it. */
    FAILED,
    /** The caller cancelled it, or the ASA was deregistered, or the node was closed. */
    CANCELLED
}
