package io.grasp.engine.negotiation;

/** Told of negotiations that peers request, on the loop. */
public interface NegotiationAcceptor {
    /**
     * A peer has made a request; it is our turn. Told only as often as was asked for.
     *
     * @param session the session; its {@link NegotiationSession#inHand} is the request
     */
    void requested(NegotiationSession session);

    /** The ASA or the node has gone: there will be no more requests. Not told after a cancel. */
    void stopped();
}
