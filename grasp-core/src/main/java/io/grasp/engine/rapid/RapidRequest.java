package io.grasp.engine.rapid;

import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.node.Cancellable;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.wire.GraspMessage;
import org.jspecify.annotations.Nullable;

/** What a rapid discovery asks for, and what becomes of its first answer. */
interface RapidRequest {
    /** {@return the objective as it is asked for} */
    Objective objective();

    /** {@return whether a message can be a rapid answer} */
    boolean takes(GraspMessage message);

    /**
     * The first answer is a rapid one.
     *
     * @param channel where it came on, {@code null} if on the link
     * @return how to cancel what it began, which ends the Session ID when it ends
     */
    Cancellable answered(SessionId id, GraspMessage message, byte[] encoded, @Nullable MessageChannel channel);

    /** {@return whether an objective in an M_RESPONSE is all that was asked for: graspy's form} */
    boolean satisfiedBy(Objective objective);

    /** An M_RESPONSE had all that was asked for. */
    void satisfied(Objective objective);

    /** The first answer is where a peer is, or one is known: the request is to go the ordinary way. */
    void ordinary();

    /** Nobody has answered, or nobody could be asked. */
    void failed(GraspException failure);

    /** {@return the error when nobody answers} */
    GraspException unanswered(String detail);
}
