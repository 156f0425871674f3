package io.grasp.engine.rapid;

import io.grasp.engine.negotiation.NegotiationEvents;
import io.grasp.engine.negotiation.NegotiationSession;

/** Receives the events of a negotiation that begins with a discovery, on the loop. */
public interface RapidEvents extends NegotiationEvents {
    /**
     * A session has begun with the peer that answered first. Called once, before any other event of the session.
     *
     * @param session the session
     */
    void begun(NegotiationSession session);

    /**
     * A peer is known, or the first answer is a locator: the caller must send an ordinary request. No other event
     * follows.
     */
    void ordinary();
}
