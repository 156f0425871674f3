package io.grasp.engine.negotiation;

import io.grasp.model.GraspException;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;

/**
 * Receives the events of a negotiation, on the loop. Either {@link #ended} or {@link #failed} is called once, as the
 * last event.
 */
public interface NegotiationEvents {
    /**
     * The peer has made an offer: it is our turn.
     *
     * @param offer the offer, with the loop count that was received
     */
    void offered(Objective offer);

    /**
     * One side has ended the negotiation.
     *
     * @param outcome the outcome
     */
    void ended(NegotiationOutcome outcome);

    /**
     * The negotiation has failed.
     *
     * @param failure the failure
     */
    void failed(GraspException failure);
}
