package io.grasp.engine.rapid;

import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.discovery.DiscoveryCache;
import io.grasp.engine.discovery.DiscoveryInitiator;
import io.grasp.engine.discovery.RapidAnswerKind;
import io.grasp.engine.discovery.ResponseLocators;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.node.Cancellable;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.ExpiringSet;
import io.grasp.engine.node.Multicast;
import io.grasp.engine.registry.RegisteredAsa;
import io.grasp.engine.registry.Registry;
import io.grasp.engine.synchronization.SynchronizationEvents;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.security.PeerAction;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import io.grasp.util.LazyMap;
import io.grasp.wire.Discovery;
import io.grasp.wire.End;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.Response;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rapid requests of this node: discoveries that also carry a request (RFC 8990 section 2.5.4.5). */
public final class RapidInitiator {
    private static final String LATE = "Another peer answered first";
    private static final String NOT_AUTHORIZED = "Not authorized to answer";

    private final EngineContext context;
    private final DiscoveryInitiator discoveries;
    private final DiscoveryCache cache;
    private final Registry registry;
    private final Map<SessionId, RapidSession> sessions = new LazyMap<>();
    private final ExpiringSet<SessionId> decided;

    public RapidInitiator(
            EngineContext context, DiscoveryInitiator discoveries, DiscoveryCache cache, Registry registry) {
        this.context = context;
        this.discoveries = discoveries;
        this.cache = cache;
        this.registry = registry;
        this.decided =
                new ExpiringSet<>(context.loop, context.timeouts.sessionMemory(), context.limits.rememberedSessions());
    }

    /** Requests a negotiation; the objective has a value other than null. */
    public Cancellable negotiate(RegisteredAsa asa, Objective objective, Duration timeout, RapidEvents events) {
        int maxBytes = registry.maxBytes(objective.name());
        return begin(asa, new RapidNegotiation(context, asa, objective, maxBytes, timeout, events), timeout);
    }

    /**
     * Requests the value of an objective.
     *
     * @param objective with a value other than null
     * @param ordinarily runs if an ordinary request must be sent instead; the events are then not called
     */
    public Cancellable synchronize(
            RegisteredAsa asa,
            Objective objective,
            Duration timeout,
            SynchronizationEvents events,
            Runnable ordinarily) {
        return begin(asa, new RapidSynchronization(context, objective, events, ordinarily), timeout);
    }

    /**
     * Sends the discovery, unless a peer is known that has answered this node before. Others may lead nowhere, and
     * would keep the request from the peers that would answer it.
     */
    private Cancellable begin(RegisteredAsa asa, RapidRequest request, Duration timeout) {
        SessionId id = context.sessions.begin();
        InetAddress initiator = context.addresses.initiator();
        Discovery message = new Discovery(id, initiator, request.objective());
        List<Multicast> multicasts;
        try {
            multicasts = Multicast.onAllLinks(context, message);
        } catch (GraspException tooLong) {
            context.sessions.end(id);
            throw tooLong.about(request.objective().name());
        }
        RapidSession session = new RapidSession(context, asa, id, initiator, request, timeout, () -> {
            sessions.remove(id);
            decided.add(id);
        });
        sessions.put(id, session);
        context.sessions.rememberMulticast(id, initiator);
        List<AsaLocator> known =
                usable(discoveries.knownToAnswer(asa, request.objective().name()));
        context.loop.execute(() -> {
            if (sessions.get(id) != session) {
                return; // the caller has cancelled
            }
            if (known.isEmpty()) {
                multicasts.forEach(multicast -> multicast.send(context, Completion.IGNORED));
            } else {
                session.ordinary();
            }
        });
        return session;
    }

    /** {@return whether the response belongs to a discovery of ours} */
    public boolean response(Response response, @Nullable Link link, MessagePath path) {
        RapidSession session = sessions.get(response.session());
        if (session == null || !session.initiator.equals(response.initiator())) {
            return false;
        }
        if (!ResponseLocators.isAbout(session.objective(), response)) {
            context.drop(DropReason.OUT_OF_TURN, path);
            return true;
        }
        if (!context.policy.permits(path, PeerAction.ANSWER, session.objective())) {
            context.drop(DropReason.NOT_AUTHORIZED, path);
            return true;
        }
        if (!ResponseLocators.isAnything(response)) {
            context.drop(DropReason.NOTHING_USABLE, path);
        }
        List<AsaLocator> found = ResponseLocators.from(response, link, context, path);
        TrafficSource source = context.sourceOf(link, path);
        found.forEach(each -> cache.answered(session.objective(), each, source));
        session.response(usable(found), response.objective());
        return true;
    }

    /** The locators to which a connection can be tried. */
    private static List<AsaLocator> usable(List<AsaLocator> found) {
        return found.stream().filter(each -> each.locator().isForSessions()).toList();
    }

    /**
     * A message that may be a rapid answer.
     *
     * @param channel the channel on which it came, {@code null} if it came on the link
     * @param path where it came from
     * @return whether it belongs to one of our discoveries and has been processed
     */
    public boolean answer(GraspMessage message, byte[] encoded, @Nullable MessageChannel channel, MessagePath path) {
        SessionId id = message.session();
        RapidSession session = id == null ? null : sessions.get(id);
        RapidAnswerKind kind = RapidAnswerKind.of(message);
        if (session != null
                && kind.isAnswer()
                && !context.policy.permits(path, PeerAction.ANSWER, session.objective())) {
            context.drop(DropReason.NOT_AUTHORIZED, path);
            if (channel != null) {
                decline(session.info().id(), kind, NOT_AUTHORIZED, channel);
            }
            return true;
        }
        if (session != null && session.answer(message, encoded, channel)) {
            return true;
        }
        if (id == null || channel == null || !decided.contains(id) || !kind.isAnswer()) {
            return false;
        }
        // RFC 8990 section 2.5.5.1: a late peer must not conclude that we do not support rapid mode
        channel.drop(DropReason.LATE_RAPID);
        decline(id, kind, LATE, channel);
        return true;
    }

    /** Closes the connection of an answer. An answer that would begin a session is declined first. */
    private void decline(SessionId id, RapidAnswerKind kind, String reason, MessageChannel channel) {
        if (kind == RapidAnswerKind.SESSION) {
            End end = new End(id, new GraspOption.Decline(reason));
            channel.send(end, context.encodeUnicast(end), Completion.IGNORED);
        }
        channel.close();
    }
}
