package io.grasp.engine.negotiation;

import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.SessionKey;
import io.grasp.engine.registry.RegisteredAsa;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionInfo.Role;
import io.grasp.observe.SessionOutcome;
import io.grasp.wire.RequestNegotiation;
import java.time.Duration;
import java.util.function.Consumer;

/** The ways in which a negotiation begins. */
public final class NegotiationStart {
    private NegotiationStart() {}

    /** Sends the request; the channel may still be opening. */
    public static NegotiationSession initiate(
            EngineContext context,
            RegisteredAsa asa,
            RequestNegotiation message,
            byte[] encoded,
            MessageChannel channel,
            Duration timeout,
            NegotiationEvents events) {
        NegotiationSession session = ours(context, asa, message.session(), message.objective(), channel);
        session.awaitAnswer(events, timeout, false);
        session.request(message, encoded);
        return session;
    }

    /** Begins a session whose request was a discovery, with who has answered that on a connection. */
    public static NegotiationSession answered(
            EngineContext context,
            RegisteredAsa asa,
            SessionId id,
            Objective request,
            MessageChannel channel,
            Duration timeout,
            NegotiationEvents events) {
        NegotiationSession session = ours(context, asa, id, request, channel);
        session.awaitAnswer(events, timeout, true);
        return session;
    }

    private static NegotiationSession ours(
            EngineContext context, RegisteredAsa asa, SessionId id, Objective request, MessageChannel channel) {
        SessionInfo info = new SessionInfo(id, SessionInfo.Kind.NEGOTIATION, Role.INITIATOR, request.name());
        return new NegotiationSession(
                context, asa, info, request, channel, NegotiationState.REQUESTED, outcome -> context.sessions.end(id));
    }

    /**
     * Begins a session that a peer has requested; nobody has taken it yet.
     *
     * @param release told how the session ended
     */
    public static NegotiationSession respond(
            EngineContext context,
            RegisteredAsa asa,
            SessionKey key,
            Objective request,
            MessageChannel channel,
            Consumer<SessionOutcome> release) {
        SessionInfo info = new SessionInfo(key.id(), SessionInfo.Kind.NEGOTIATION, Role.RESPONDER, request.name());
        NegotiationSession session =
                new NegotiationSession(context, asa, info, request, channel, NegotiationState.OUR_TURN, release);
        session.awaitAsa();
        return session;
    }
}
