package io.grasp.engine.negotiation;

/**
 * Where a {@link NegotiationSession} is.
 *
 * <pre>
 *  initiator                                  responder
 *  request                                    M_REQ_NEG
 *     |                                           |
 *     v        M_NEGOTIATE                        v
 *  REQUESTED ------------------------------> OUR_TURN ------+ waitFor: our timer is extended
 *     |  ^ M_WAIT: timer overwritten          |    ^   ^----+
 *     |  |                               step |    | M_NEGOTIATE
 *     |                                       v    |
 *     |                                    THEIR_TURN ------+ M_WAIT: timer overwritten
 *     |                                       |        ^----+
 *     | M_END                                 | M_END
 *     v                                       v                accept, decline (in OUR_TURN)
 *   ENDED <---------------------------------------- flushed -- ENDING
 *     ^ REQUESTED, OUR_TURN, THEIR_TURN: it goes on as a raw channel
 *     ^ any state: M_INVALID, a message that does not fit, timeout, connection closed, cancel
 * </pre>
 */
public enum NegotiationState {
    REQUESTED,
    OUR_TURN,
    THEIR_TURN,
    ENDING,
    ENDED
}
