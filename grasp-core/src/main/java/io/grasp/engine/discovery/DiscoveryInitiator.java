package io.grasp.engine.discovery;

import io.grasp.engine.channel.ChannelConnector;
import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.channel.MessageHandler;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.node.Cancellable;
import io.grasp.engine.node.DropReasons;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.Multicast;
import io.grasp.engine.node.Placeholder;
import io.grasp.engine.node.SessionKey;
import io.grasp.engine.registry.RegisteredAsa;
import io.grasp.engine.registry.Registration;
import io.grasp.engine.registry.Registry;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspException;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionInfo.Role;
import io.grasp.security.PeerAction;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import io.grasp.util.LazyMap;
import io.grasp.util.LazySet;
import io.grasp.wire.Discovery;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.Response;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Discovery as its initiator (RFC 8990 sections 2.5.4 and 2.8.4, RFC 8991 section 2.3.4). */
public final class DiscoveryInitiator {
    /**
     * The maximum number of Session IDs of one discovery, in addition to those of its repeated tries; the oldest is
     * dropped first.
     */
    private static final int MAX_IDS = 4;

    private final EngineContext context;
    private final Registry registry;
    private final DiscoveryCache cache;
    private final ChannelConnector connector;
    private final Map<SessionKey, DiscoverySession> sessions = new LazyMap<>();
    private final Set<DiscoveryRepeats> repeating = new LazySet<>();

    public DiscoveryInitiator(
            EngineContext context, Registry registry, DiscoveryCache cache, ChannelConnector connector) {
        this.context = context;
        this.registry = registry;
        this.cache = cache;
        this.connector = connector;
    }

    /** Removes all locators of an objective from the cache. */
    public void forget(String objective) {
        cache.remove(objective);
    }

    /** Removes the locators of an objective from the cache that are valid for no longer than this. */
    public void forget(String objective, Duration minimumTtl) {
        cache.remove(objective, minimumTtl);
    }

    /** Reports known locators, and sends nothing. */
    public void discoverKnown(RegisteredAsa asa, String objective, DiscoveryEvents events) {
        List<AsaLocator> known = known(asa, objective);
        known.forEach(locator -> {
            if (known.size() > 1) {
                cache.sources(objective, locator, source -> events.named(locator, source));
            }
            context.observer.locatorFound(objective, locator);
            events.found(locator);
        });
        events.completed();
    }

    /** Reports known locators, and then those in answers until the timeout. */
    public Cancellable discover(RegisteredAsa asa, Objective objective, Duration timeout, DiscoveryEvents events) {
        List<AsaLocator> known = known(asa, objective.name());
        return multicast(asa, objective, 1, timeout, events, (session, repeats) -> known.forEach(session::known));
    }

    /**
     * Looks for peers for an operation that needs one: repeats the discovery if no peer answers, and ends soon after
     * the first usable answer.
     *
     * @param isUsable whether a locator is one that the operation can try
     */
    public Cancellable search(
            RegisteredAsa asa,
            Objective objective,
            Duration timeout,
            Predicate<AsaLocator> isUsable,
            DiscoveryEvents events) {
        return multicast(asa, objective, context.limits.discoveryTries(), timeout, events, (session, repeats) -> {
            DiscoveryTries tries =
                    new DiscoveryTries(context, objective.loopCount(), repeats::everywhere, session::complete);
            session.searches(tries, isUsable);
        });
    }

    private DiscoverySession multicast(
            RegisteredAsa asa,
            Objective objective,
            int tries,
            Duration timeout,
            DiscoveryEvents events,
            BiConsumer<DiscoverySession, DiscoveryRepeats> begins) {
        OutgoingDiscovery outgoing = begin(objective, tries);
        List<Multicast> multicasts;
        try {
            multicasts = Multicast.onAllLinks(context, outgoing.message);
        } catch (GraspException tooLong) {
            context.sessions.end(outgoing.message.session());
            throw tooLong;
        }
        DiscoveryRepeats repeats = new DiscoveryRepeats(context, outgoing::again);
        DiscoverySession session = outgoing.session(asa, timeout, events, context.links(), () -> {
            repeating.remove(repeats);
            repeats.end();
        });
        repeating.add(repeats);
        begins.accept(session, repeats);
        context.loop.execute(() -> {
            if (repeating.contains(repeats)) { // the caller may have cancelled after the known locators
                multicasts.forEach(multicast -> multicast.send(context, Completion.IGNORED));
            }
        });
        return session;
    }

    /** Asks one peer on a separate connection, until the timeout or until the peer ends the connection. */
    public Cancellable discoverAt(
            RegisteredAsa asa, Objective objective, AsaLocator peer, Duration timeout, DiscoveryEvents events) {
        OutgoingDiscovery outgoing = begin(objective, 1);
        try {
            byte[] encoded = context.encodeUnicast(outgoing.message);
            MessageChannel channel = connector.open(peer, asa.name(), null);
            DiscoverySession session = outgoing.session(asa, timeout, events, List.of(), channel::close);
            channel.handler(new FromPeer(session, channel, context.link(peer.linkIndex())));
            channel.send(outgoing.message, encoded, Completion.IGNORED);
            return session;
        } catch (GraspException refused) {
            context.sessions.end(outgoing.message.session());
            throw refused.about(objective.name());
        }
    }

    /** Receives the answers of the only peer asked, on the connection of the discovery (RFC 8990 section 2.5.4.2). */
    private final class FromPeer implements MessageHandler {
        private final DiscoverySession session;
        private final MessageChannel channel;
        private final @Nullable Link link;

        FromPeer(DiscoverySession session, MessageChannel channel, @Nullable Link link) {
            this.session = session;
            this.channel = channel;
            this.link = link;
        }

        @Override
        public void received(GraspMessage message, byte[] encoded) {
            SessionId id = session.info().id();
            boolean ours = id.equals(message.session());
            if (!ours || !(message instanceof Response answer) || !response(answer, link, channel.path())) {
                channel.drop(DropReasons.reason(message, id));
            }
        }

        @Override
        public void malformed(Exception what, @Nullable SessionId id, byte[] raw) {
            session.malformed(what);
        }

        @Override
        public void inputEnded() {
            session.complete(); // nothing more can come
        }

        @Override
        public void closed(@Nullable Throwable failure) {
            session.closed(channel, failure);
        }
    }

    private OutgoingDiscovery begin(Objective objective, int tries) {
        // A value other than null would make it a rapid request (RFC 8990 section 2.5.4.5).
        return new OutgoingDiscovery(message(Placeholder.ofDiscovery(objective)), MAX_IDS + tries - 1);
    }

    private Discovery message(Objective objective) {
        return new Discovery(context.sessions.begin(), context.addresses.initiator(), objective);
    }

    private static SessionKey key(Discovery message) {
        return new SessionKey(message.session(), message.initiator());
    }

    /** A discovery with its Session ID and its message. */
    private final class OutgoingDiscovery {
        private final Discovery message;
        private final int maxIds;
        private final Deque<SessionKey> keys = new ArrayDeque<>();
        private @Nullable DiscoverySession session;

        OutgoingDiscovery(Discovery message, int maxIds) {
            this.message = message;
            this.maxIds = maxIds;
        }

        /** @param links the links on which responders may be, if there may be several responders */
        DiscoverySession session(
                RegisteredAsa asa, Duration timeout, DiscoveryEvents events, Collection<Link> links, Runnable atEnd) {
            String name = message.objective().name();
            SessionInfo info = new SessionInfo(message.session(), SessionInfo.Kind.DISCOVERY, Role.INITIATOR, name);
            DiscoverySession started = new DiscoverySession(context, asa, info, timeout, events, links, () -> {
                keys.forEach(this::forget);
                atEnd.run();
            });
            session = started;
            known(key(message), started);
            return started;
        }

        /** The same discovery with a new Session ID, and with the current initiator address. */
        Discovery again() {
            Discovery next = message(message.objective());
            if (session != null) {
                known(key(next), session);
            }
            if (keys.size() > maxIds) {
                forget(keys.remove());
            }
            return next;
        }

        private void known(SessionKey key, DiscoverySession as) {
            keys.add(key);
            sessions.put(key, as);
            // A discovery sent to one peer too: that peer may relay it back to this node.
            context.sessions.rememberMulticast(key.id(), key.initiator());
        }

        private void forget(SessionKey key) {
            sessions.remove(key);
            context.sessions.end(key.id());
        }
    }

    /** A link has come up: discoveries in progress are also sent on it. */
    public void linkUp(Link link) {
        repeating.forEach(each -> each.linkUp(link));
    }

    /** {@return the known locators: ASAs of this node, then the cache} */
    private List<AsaLocator> known(RegisteredAsa asa, String objective) {
        return known(asa, objective, found -> true);
    }

    /** {@return the locators of ASAs of this node, and those in the cache that answered this node themselves} */
    public List<AsaLocator> knownToAnswer(RegisteredAsa asa, String objective) {
        return known(asa, objective, found -> found.learned() == DiscoveryCache.Learned.ANSWERED);
    }

    private List<AsaLocator> known(RegisteredAsa asa, String objective, Predicate<DiscoveryCache.Known> which) {
        Map<DiscoveryCache.Place, AsaLocator> known = new LinkedHashMap<>();
        onNode(objective, asa.name()).forEach(own -> known.put(DiscoveryCache.Place.of(own), own));
        cache.get(objective).stream()
                .filter(which)
                .map(DiscoveryCache.Known::locator)
                .forEach(found -> known.putIfAbsent(DiscoveryCache.Place.of(found), found));
        return List.copyOf(known.values());
    }

    private List<AsaLocator> onNode(String objective, @Nullable String exceptAsa) {
        Registration local = registry.find(objective, exceptAsa, Registration::isDiscoverable);
        return local == null ? List.of() : context.ownLocators.onNode(local.options);
    }

    /**
     * A response to one of our discoveries.
     *
     * @param link the link it belongs to, or {@code null} if that is not known
     * @param path where it came from
     * @return whether the discovery is in progress
     */
    public boolean response(Response response, @Nullable Link link, MessagePath path) {
        DiscoverySession session = sessions.get(new SessionKey(response.session(), response.initiator()));
        if (session == null) {
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
        TrafficSource source = context.sourceOf(link, path);
        boolean ownAnswer = path.kind() == MessagePath.Kind.LOOPBACK;
        List<AsaLocator> learned = ownAnswer
                ? fromOurselves(response, session.objective(), path)
                : ResponseLocators.from(response, link, context, path);
        List<AsaLocator> fresh = new ArrayList<>();
        List<AsaLocator> usable = new ArrayList<>();
        for (AsaLocator each : learned) {
            boolean known = session.hasSeen(each);
            if (known || session.admit(each, source, path)) {
                usable.add(each);
                session.named(each, source);
                if (!known) {
                    fresh.add(each);
                }
                if (!ownAnswer) {
                    cache.answered(session.objective(), each, source);
                }
            }
        }
        fresh.forEach(session::found);
        session.answered(usable);
        return true;
    }

    /**
     * The locators in a response of this node to one of its own ASAs. They are not cached, because the registry has
     * them and they must disappear with the ASA. The message does not show the links of its link-local addresses
     * either.
     */
    private List<AsaLocator> fromOurselves(Response response, String objective, MessagePath path) {
        boolean supported = response.options().stream().anyMatch(GraspOption.LocatorOption.class::isInstance);
        return supported ? onNode(objective, null) : ResponseLocators.from(response, null, context, path);
    }
}
