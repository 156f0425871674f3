package io.grasp.security;

import io.grasp.model.PeerIdentity;

/**
 * Decides what members of the domain may do, beyond being members (RFC 8994 section 6.2.1). It is asked about the
 * authenticated peer at the other end of the connection. A discovery, a flood or an answer that was relayed comes from
 * the neighbor that relays it: GRASP does not authenticate its origin. So with any policy but {@link #ALL}, a discovery
 * on a link is answered with a locator and never with a value (rapid mode): the request that follows comes on a
 * connection of its own. {@link PeerPolicies} makes policies from rules.
 *
 * <p>If a neighbor may not flood one of the objectives of a flood, the others are processed and relayed, without the
 * flood's options.
 *
 * <p>It is not asked about messages of unassigned types and their answers, which have no objective: the ASA that
 * handles them decides by the {@linkplain io.grasp.observe.MessagePath#identity identity} of their path. Nor is it
 * asked about an ASA of the same node, and a DULL instance has no policy.
 */
@FunctionalInterface
public interface PeerPolicy {
    /** Permits everything to every peer, also to one that is not authenticated, which is the default. */
    PeerPolicy ALL = new PeerPolicy() {
        @Override
        public boolean permits(PeerIdentity peer, PeerAction action, String objective) {
            return true;
        }

        @Override
        public boolean permitsUnauthenticated(PeerAction action, String objective) {
            return true;
        }

        @Override
        public String toString() {
            return "PeerPolicy.ALL";
        }
    };

    /**
     * Decides about one message. Called on the loop; it must not block. An exception denies, and is reported
     * ({@link io.grasp.observe.GraspObserver#handlerFailed}).
     *
     * @param peer the authenticated neighbor or peer
     * @param action what it does
     * @param objective the name of the objective
     * @return whether the message is processed; if not, it is dropped or the request is declined, and counted
     */
    boolean permits(PeerIdentity peer, PeerAction action, String objective);

    /**
     * Decides about a message of a neighbor or peer that the substrate does not authenticate. It is denied unless this
     * is overridden, so that a policy is never without effect: on links that an operator merely asserts to be
     * protected, and for the link messages of RFC 8994 section 6.9.2, whose neighbors the secure channels below
     * authenticate, no neighbor has an identity.
     *
     * @param action what it does
     * @param objective the name of the objective
     * @return whether the message is processed
     */
    default boolean permitsUnauthenticated(PeerAction action, String objective) {
        return false;
    }
}
