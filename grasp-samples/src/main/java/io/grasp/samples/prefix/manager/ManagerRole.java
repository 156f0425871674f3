package io.grasp.samples.prefix.manager;

/** What a prefix manager does (RFC 8992 section 3.2). */
public enum ManagerRole {
    /** Has the initial pool, assigns prefixes from it, and announces the parameters of the domain. */
    ORIGIN,
    /** Requests prefixes, and assigns parts of them to others. */
    DELEGATING,
    /** Requests prefixes only for its own use. */
    REQUESTING
}
