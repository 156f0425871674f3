package io.grasp.engine.negotiation;

import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.SessionKey;
import io.grasp.engine.registry.Registration;
import io.grasp.engine.registry.Registry;
import io.grasp.model.Objective;
import io.grasp.observe.DropReason;
import io.grasp.observe.SessionOutcome;
import io.grasp.security.PeerAction;
import io.grasp.wire.RequestNegotiation;
import java.net.InetAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Passes negotiation requests of peers to the ASAs that listen for them (RFC 8990 section 2.8.6). */
public final class NegotiationResponder {
    private final EngineContext context;
    private final Registry registry;

    /** Makes the responder of a node. */
    public NegotiationResponder(EngineContext context, Registry registry) {
        this.context = context;
        this.registry = registry;
    }

    /**
     * A request came in on a connection.
     *
     * @return why it is refused, or {@code null} if a session has taken over the connection
     */
    public @Nullable DropReason request(RequestNegotiation request, InetAddress peer, MessageChannel channel) {
        Objective objective = request.objective();
        SessionKey key = new SessionKey(request.session(), peer);
        if (!objective.isNegotiable()) {
            return DropReason.OBJECTIVE_FLAGS;
        }
        if (context.sessions.clashes(key, channel.isLoopback())) {
            return DropReason.SESSION_CLASH;
        }
        if (!context.policy.permits(channel.path(), PeerAction.NEGOTIATE, objective.name())) {
            return DropReason.NOT_AUTHORIZED;
        }
        TrafficSource source = channel.source();
        Registration registration = registry.find(objective.name(), channel.localAsa(), each -> each.canTake(source));
        if (registration == null) {
            return whyRefused(objective, channel);
        }
        if (!context.sessions.beginTheirs(key, source)) {
            return DropReason.SESSIONS;
        }
        channel.maxBytes(registry.maxBytes(objective.name()));
        begin(registration, key, objective, channel, outcome -> context.sessions.endTheirs(key));
        return null;
    }

    private DropReason whyRefused(Objective objective, MessageChannel channel) {
        Registration listening = registry.find(objective.name(), channel.localAsa(), Registration::isNegotiating);
        if (listening == null) {
            return DropReason.NOT_LISTENING;
        }
        return listening.asa.hasRoomForSession() ? DropReason.LISTENER_QUEUE : DropReason.SESSIONS;
    }

    /**
     * Begins a session that a peer has requested, and offers it to the listeners in turn. If none of them accepts it,
     * it is refused.
     *
     * @param release called with the session's end, so that its ID becomes free
     */
    public void begin(
            Registration registration,
            SessionKey key,
            Objective request,
            MessageChannel channel,
            Consumer<SessionOutcome> release) {
        NegotiationSession session =
                NegotiationSession.respond(context, registration.asa, key, request, channel, release);
        if (!registration.offer(listener -> listener instanceof NegotiationListening here && here.offer(session))) {
            session.refuse();
        }
    }
}
