package io.grasp.engine.synchronization;

import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.SessionKey;
import io.grasp.engine.registry.Registration;
import io.grasp.engine.registry.Registry;
import io.grasp.engine.registry.SynchronizationListener;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.model.ValueRequest;
import io.grasp.observe.DropReason;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.security.PeerAction;
import io.grasp.wire.RequestSynchronization;
import io.grasp.wire.Synch;
import java.net.InetAddress;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Answers synchronization requests of peers with the values that ASAs of this node serve (RFC 8990 section 2.5.6.1).
 */
public final class SynchronizationResponder {
    private final EngineContext context;
    private final Registry registry;

    /** Makes the responder of a node. */
    public SynchronizationResponder(EngineContext context, Registry registry) {
        this.context = context;
        this.registry = registry;
    }

    /**
     * A request came in on a connection.
     *
     * @return why it is refused, or {@code null} if it is answered
     */
    public @Nullable DropReason request(RequestSynchronization request, InetAddress peer, MessageChannel channel) {
        Objective objective = request.objective();
        SessionKey key = new SessionKey(request.session(), peer);
        if (!objective.isSynchronizable()) {
            return DropReason.OBJECTIVE_FLAGS;
        }
        if (context.sessions.clashes(key, channel.isLoopback())) {
            return DropReason.SESSION_CLASH;
        }
        if (!context.policy.permits(channel.path(), PeerAction.SYNCHRONIZE, objective.name())) {
            return DropReason.NOT_AUTHORIZED;
        }
        Registration registration = registry.find(objective.name(), channel.localAsa(), Registration::isServing);
        SynchronizationListener listener = registration == null ? null : registration.synchronizer();
        ObjectiveValue value =
                listener == null ? null : listener.value(new ValueRequest(key.id(), objective, channel.peer()));
        if (listener == null || value == null) {
            return DropReason.NOT_LISTENING;
        }
        context.sessions.heard(key.id(), channel.source());
        Synch answer = listener.answer(key.id(), value);
        byte[] encoded = context.encodeUnicast(answer, registry.maxBytes(objective.name()));
        SessionInfo info = new SessionInfo(
                key.id(), SessionInfo.Kind.SYNCHRONIZATION, SessionInfo.Role.RESPONDER, objective.name());
        context.sessionStarted(info);
        channel.send(
                answer,
                encoded,
                failure -> context.observer()
                        .sessionEnded(
                                info, failure == null ? SessionOutcome.COMPLETED : SessionOutcome.FAILED, failure));
        return null;
    }

    /**
     * The value of an objective as an answer, or {@code null} if no ASA serves a value that is the same for all peers.
     *
     * @param exceptAsa the name of the ASA that asks, if it is one of this node
     * @param fits whether a registration, which is {@linkplain Registration#isServing serving}, may answer
     */
    public @Nullable Synch answer(
            SessionId id, String objective, @Nullable String exceptAsa, Predicate<Registration> fits) {
        Registration registration = registry.find(objective, exceptAsa, fits);
        SynchronizationListener listener = registration == null ? null : registration.synchronizer();
        ObjectiveValue value = listener == null ? null : listener.value();
        return listener == null || value == null ? null : listener.answer(id, value);
    }
}
