package io.grasp.engine;

/** Told what happens in a negotiation that begins with a discovery, on the loop. */
public interface RapidEvents extends NegotiationEvents {
    /**
     * A session has begun, with who answered first: told once, before anything that happens in it, or not at all if nobody
     * answers.
     *
     * @param session the session
     */
    void begun(NegotiationSession session);
}
