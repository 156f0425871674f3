package io.grasp.engine;

import io.grasp.engine.negotiation.NegotiationEvents;
import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;

/** The events of a negotiation that can only fail. */
abstract class Unanswered implements NegotiationEvents {
    @Override
    public final void offered(Objective offer) {
        throw new AssertionError(offer);
    }

    @Override
    public final void ended(NegotiationOutcome outcome) {
        throw new AssertionError(outcome);
    }
}
