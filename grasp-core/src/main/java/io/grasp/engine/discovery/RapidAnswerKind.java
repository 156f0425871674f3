package io.grasp.engine.discovery;

import io.grasp.wire.End;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.Negotiate;
import io.grasp.wire.Synch;
import io.grasp.wire.Wait;

/** How a message can answer a discovery in rapid mode (RFC 8990 sections 2.5.5.1 and 2.5.6.3). */
public enum RapidAnswerKind {
    /** M_SYNCH: the value. Nothing follows, so it needs no connection. */
    VALUE,
    /** M_END: the negotiation is over at once. */
    OUTCOME,
    /** M_NEGOTIATE or M_WAIT: the negotiation goes on, on the connection of the answer. */
    SESSION,
    /** Any other message. */
    NONE;

    /** {@return how a message can answer a discovery in rapid mode} */
    public static RapidAnswerKind of(GraspMessage message) {
        if (message instanceof Synch) {
            return VALUE;
        }
        if (message instanceof End) {
            return OUTCOME;
        }
        return message instanceof Negotiate || message instanceof Wait ? SESSION : NONE;
    }

    /** {@return whether the message can be a rapid answer} */
    public boolean isAnswer() {
        return this != NONE;
    }

    /** {@return whether nothing follows the answer, so that a relay can pass it on} */
    public boolean isComplete() {
        return this == VALUE || this == OUTCOME;
    }

    /** {@return whether the message can answer the request for a negotiation} */
    public boolean isOfNegotiation() {
        return this == OUTCOME || this == SESSION;
    }

    /** {@return whether the message can be the answer on a link whose replies come in band} */
    public boolean isInBand() {
        return this == VALUE;
    }
}
