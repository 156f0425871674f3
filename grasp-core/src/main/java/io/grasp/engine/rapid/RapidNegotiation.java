package io.grasp.engine.rapid;

import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.discovery.RapidAnswerKind;
import io.grasp.engine.negotiation.NegotiationSession;
import io.grasp.engine.node.Cancellable;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.registry.RegisteredAsa;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.wire.GraspMessage;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A negotiation that begins with a discovery (RFC 8990 section 2.5.5.1).
 *
 * @param maxBytes the maximum size of its messages
 */
record RapidNegotiation(
        EngineContext context,
        RegisteredAsa asa,
        Objective objective,
        int maxBytes,
        Duration timeout,
        RapidEvents events)
        implements RapidRequest {
    @Override
    public boolean takes(GraspMessage message) {
        return RapidAnswerKind.of(message).isOfNegotiation();
    }

    @Override
    public Cancellable answered(SessionId id, GraspMessage message, byte[] encoded, @Nullable MessageChannel channel) {
        if (channel == null) {
            throw new IllegalStateException("an answer to a negotiation arrives on a connection");
        }
        channel.maxBytes(maxBytes);
        NegotiationSession session = NegotiationSession.answered(context, asa, id, objective, channel, timeout, events);
        events.begun(session);
        session.received(message, encoded);
        return session;
    }

    @Override
    public boolean satisfiedBy(Objective received) {
        return false;
    }

    @Override
    public void satisfied(Objective received) {
        throw new IllegalStateException("an M_RESPONSE cannot end a negotiation");
    }

    @Override
    public void ordinary() {
        events.ordinary();
    }

    @Override
    public void failed(GraspException failure) {
        events.failed(failure);
    }

    @Override
    public GraspException unanswered(String detail) {
        return GraspException.local(GraspErrorCode.NO_DISCOVERY_REPLY, detail);
    }
}
