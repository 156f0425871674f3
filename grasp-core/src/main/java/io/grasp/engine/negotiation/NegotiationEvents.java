package io.grasp.engine.negotiation;

import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;

/** Told what happens in a negotiation, on the loop. One of {@link #ended} and {@link #failed} comes once, and last. */
public interface NegotiationEvents {
    /**
     * The peer has made an offer: it is our turn.
     *
     * @param offer the offer, with the loop count that was received
     */
    void offered(Objective offer);

    /**
     * One of the two has ended the negotiation.
     *
     * @param outcome how
     */
    void ended(NegotiationOutcome outcome);

    /**
     * The negotiation has failed.
     *
     * @param failure why
     */
    void failed(GraspException failure);
}
