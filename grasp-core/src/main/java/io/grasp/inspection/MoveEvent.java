package io.grasp.inspection;

import io.grasp.model.SessionId;
import io.grasp.observe.MessagePath;
import io.grasp.util.AddressText;
import java.time.Duration;
import java.util.Optional;

/**
 * A move in a negotiation or a synchronization was sent or received. A move between two ASAs of this node is both: it
 * comes twice, with a path of kind {@link MessagePath.Kind#LOOPBACK}.
 *
 * @param time the time on the node's clock ({@code Grasp.now()})
 * @param sent whether this node has sent it
 * @param session the Session ID
 * @param move what it is
 * @param objective the name of the objective, if the message has it
 * @param loopCount the loop count, 0 if the message has none
 * @param value the value, if the message has one
 * @param waitTime the time that the sender asks for; only of {@link Move#WAIT}
 * @param reason the reason; only of {@link Move#DECLINE}, and empty if the sender gives none
 * @param path where it came from or goes
 */
public record MoveEvent(
        Duration time,
        boolean sent,
        SessionId session,
        Move move,
        Optional<String> objective,
        int loopCount,
        ValueExcerpt value,
        Optional<Duration> waitTime,
        Optional<String> reason,
        MessagePath path) {
    /** What a message of a session does. */
    public enum Move {
        /** It requests a negotiation (M_REQ_NEG). */
        REQUEST,
        /** It offers a value (M_NEGOTIATE). */
        OFFER,
        /** It asks for time (M_WAIT). */
        WAIT,
        /** It accepts (M_END with O_ACCEPT). */
        ACCEPT,
        /** It declines (M_END with O_DECLINE). */
        DECLINE,
        /** It requests a value (M_REQ_SYN). */
        SYNCHRONIZATION_REQUEST,
        /** It answers with the value (M_SYNCH). */
        SYNCHRONIZATION,
        /** It objects to the message before (M_INVALID). */
        INVALID
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
