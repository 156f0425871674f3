package io.grasp.engine.rapid;

import io.grasp.engine.negotiation.NegotiationEvents;
import io.grasp.engine.negotiation.NegotiationSession;

/** Told what happens in a negotiation that begins with a discovery, on the loop. */
public interface RapidEvents extends NegotiationEvents {
    /**
     * A session has begun, with who answered first: told once, before anything that happens in it.
     *
     * @param session the session
     */
    void begun(NegotiationSession session);

    /**
     * A peer is known, or the first answer shows where one is: the request is to go the ordinary way, and no other
     * event follows.
     */
    void ordinary();
}
