package io.grasp.engine.rapid;

import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.node.Cancellable;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.wire.GraspMessage;
import org.jspecify.annotations.Nullable;

/** The request of a rapid discovery, and the handling of its first answer. */
interface RapidRequest {
    /** {@return the objective as sent in the discovery} */
    Objective objective();

    /** {@return whether a message can be a rapid answer} */
    boolean takes(GraspMessage message);

    /**
     * The first answer is a rapid one.
     *
     * @param channel the channel on which it came, {@code null} if it came on the link
     * @return cancels the session that began, which releases the Session ID when it ends
     */
    Cancellable answered(SessionId id, GraspMessage message, byte[] encoded, @Nullable MessageChannel channel);

    /** {@return whether an objective in an M_RESPONSE fulfills the request, as graspy does it} */
    boolean satisfiedBy(Objective objective);

    /** An M_RESPONSE has fulfilled the request. */
    void satisfied(Objective objective);

    /** The first answer is a locator, or a peer is known: an ordinary request must follow. */
    void ordinary();

    /** No peer has answered, or the discovery could not be sent. */
    void failed(GraspException failure);

    /** {@return the error if no peer answers} */
    GraspException unanswered(String detail);
}
