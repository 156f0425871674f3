package io.grasp.security;

import io.grasp.model.PeerIdentity;

/**
 * Decides what members of the domain may do, beyond being members (RFC 8994 section 6.2.1). It is asked about the
 * authenticated peer at the other end of the connection. A discovery, a flood or an answer that was relayed comes from
 * the neighbor that relays it: GRASP does not authenticate its origin.
 */
@FunctionalInterface
public interface PeerPolicy {
    /** Permits everything to every member, which is the default. */
    PeerPolicy ALL = (peer, action, objective) -> true;

    /**
     * Decides about one message. Called on the loop; it must not block.
     *
     * @param peer the authenticated neighbor or peer
     * @param action what it does
     * @param objective the name of the objective
     * @return whether the message is processed; if not, it is dropped or the request is declined, and counted
     */
    boolean permits(PeerIdentity peer, PeerAction action, String objective);
}
