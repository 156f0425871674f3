package io.grasp.engine.negotiation;

import io.grasp.model.GraspException;

/** Receives the negotiations that peers request, on the loop. */
public interface NegotiationAcceptor {
    /**
     * A peer has sent a request; it is our turn. Called only as often as there is demand.
     *
     * @param session the session; its {@link NegotiationSession#inHand} is the request
     */
    void requested(NegotiationSession session);

    /** The ASA or the node has gone: there will be no more requests. Not called after a cancel. */
    void stopped();

    /** The node has failed: there will be no more requests. */
    default void failed(GraspException failure) {
        stopped();
    }
}
