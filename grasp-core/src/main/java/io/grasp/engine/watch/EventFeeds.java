package io.grasp.engine.watch;

import io.grasp.cbor.CborItem;
import io.grasp.engine.node.EngineContext;
import io.grasp.inspection.DiscoveryEvent;
import io.grasp.inspection.EventOptions;
import io.grasp.inspection.FloodEvent;
import io.grasp.inspection.LinkEvent;
import io.grasp.inspection.MoveEvent;
import io.grasp.inspection.MoveEvent.Move;
import io.grasp.inspection.SessionEvent;
import io.grasp.inspection.TraceEvent;
import io.grasp.inspection.ValueExcerpt;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.IdentityStatus;
import io.grasp.model.LinkInfo;
import io.grasp.model.LinkWarning;
import io.grasp.model.MessageInfo;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.PeerRefusal;
import io.grasp.model.Security;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.wire.Discovery;
import io.grasp.wire.End;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspOption;
import io.grasp.wire.Invalid;
import io.grasp.wire.Negotiate;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.RequestSynchronization;
import io.grasp.wire.Synch;
import io.grasp.wire.Wait;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The events of a node for its watchers. While there is no watcher, the engine does not call this observer.
 */
public final class EventFeeds implements GraspObserver {
    /** The maximum number of watchers of a node. */
    static final int MOST_WATCHERS = 256;

    /** The maximum number of different options of the watchers of one kind of events. */
    static final int MOST_FEEDS = 16;

    private final EngineContext context;
    private final Feeds<FloodEvent> floods = new Feeds<>();
    private final Feeds<DiscoveryEvent> discoveries = new Feeds<>();
    private final Feeds<SessionEvent> sessions = new Feeds<>();
    private final Feeds<MoveEvent> moves = new Feeds<>();
    private final Feeds<LinkEvent> links = new Feeds<>();
    private final Feeds<TraceEvent> traces = new Feeds<>();
    private final List<Feeds<?>> all = List.of(floods, discoveries, sessions, moves, links, traces);
    /** The last multicast of this node that was sent on a link: its other links are not reported. */
    private @Nullable SessionId lastSent;

    public EventFeeds(EngineContext context) {
        this.context = context;
    }

    /** The feeds of one kind of events, with different options. */
    private final class Feeds<E> {
        private List<Feed<E>> feeds = List.of();

        EventWatcher<E> watch(EventOptions options, EventListener<E> listener) {
            context.requireOpen();
            if (EventFeeds.this.watchers() >= MOST_WATCHERS) {
                throw tooMany(MOST_WATCHERS + " watchers");
            }
            for (Feed<E> each : feeds) {
                if (each.options().equals(options)) {
                    return each.add(listener);
                }
            }
            if (feeds.size() >= MOST_FEEDS) {
                throw tooMany(MOST_FEEDS + " different options for these events");
            }
            Feed<E> feed = new Feed<>(context.loop, context.deadlines, options, this::remove);
            List<Feed<E>> more = new ArrayList<>(feeds);
            more.add(feed);
            feeds = List.copyOf(more);
            EventWatcher<E> watcher = feed.add(listener);
            observe();
            return watcher;
        }

        private void remove(Feed<E> feed) {
            List<Feed<E>> fewer = new ArrayList<>(feeds);
            fewer.remove(feed);
            feeds = List.copyOf(fewer);
            observe();
        }

        int watchers() {
            int count = 0;
            for (Feed<E> each : feeds) {
                count += each.watchers();
            }
            return count;
        }

        void close() {
            List<Feed<E>> closing = feeds;
            feeds = List.of();
            closing.forEach(Feed::close);
        }
    }

    private static GraspException tooMany(String what) {
        return GraspException.local(GraspErrorCode.UNSPECIFIED, "this node already has " + what + ", its maximum");
    }

    private void observe() {
        boolean watched = all.stream().anyMatch(each -> !each.feeds.isEmpty());
        context.watchers(watched ? this : GraspObserver.NONE);
    }

    /** {@return the number of watchers} */
    public int watchers() {
        return all.stream().mapToInt(Feeds::watchers).sum();
    }

    public EventWatcher<FloodEvent> watchFloods(EventOptions options, EventListener<FloodEvent> listener) {
        return floods.watch(options, listener);
    }

    public EventWatcher<DiscoveryEvent> watchDiscoveries(EventOptions options, EventListener<DiscoveryEvent> listener) {
        return discoveries.watch(options, listener);
    }

    public EventWatcher<SessionEvent> watchSessions(EventOptions options, EventListener<SessionEvent> listener) {
        return sessions.watch(options, listener);
    }

    public EventWatcher<MoveEvent> watchMoves(EventOptions options, EventListener<MoveEvent> listener) {
        return moves.watch(options, listener);
    }

    public EventWatcher<LinkEvent> watchLinks(EventOptions options, EventListener<LinkEvent> listener) {
        return links.watch(options, listener);
    }

    public EventWatcher<TraceEvent> trace(EventOptions options, EventListener<TraceEvent> listener) {
        return traces.watch(options, listener);
    }

    /** The node has been closed. */
    public void close() {
        all.forEach(Feeds::close);
        context.watchers(GraspObserver.NONE);
    }

    private Duration now() {
        return Duration.ofNanos(context.loop.nanoTime());
    }

    private static @Nullable String nameOf(MessageInfo message) {
        Objective objective = message.objective();
        return objective == null ? null : objective.name();
    }

    @Override
    public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
        message(message, encoded, path, true);
        boolean repeated =
                path.kind() == MessagePath.Kind.LINK && lastSent != null && lastSent.equals(message.session());
        if (message instanceof Flood flood && !repeated) {
            if (isOwn(flood.session(), message)) {
                flood(flood, path, true);
            }
        } else if (message instanceof Discovery discovery && !repeated) {
            asked(discovery, path, true);
        }
        if (path.kind() == MessagePath.Kind.LINK) {
            lastSent = message.session();
        }
    }

    private boolean isOwn(SessionId session, MessageInfo message) {
        return message.initiator() != null && context.sessions.isOurMulticast(session, message.initiator());
    }

    @Override
    public void messageReceived(MessageInfo message, byte[] encoded, MessagePath path) {
        message(message, encoded, path, false);
        if (message instanceof Discovery discovery && !isOwn(discovery.session(), message)) {
            asked(discovery, path, false);
        }
    }

    private void message(MessageInfo message, byte[] encoded, MessagePath path, boolean sent) {
        for (Feed<TraceEvent> feed : traces.feeds) {
            Set<Integer> types = feed.options().messageTypes();
            if (feed.isFor(nameOf(message), message.session(), path) // first, because it remembers the session
                    && (types.isEmpty() || types.contains(message.type()))
                    && feed.hasRoom()) {
                feed.add(new TraceEvent.Message(
                        now(),
                        sent,
                        message.type(),
                        message.typeName(),
                        Optional.ofNullable(message.session()),
                        Optional.ofNullable(message.initiator()),
                        Optional.ofNullable(nameOf(message)),
                        path,
                        CborItem.wrap(encoded, 0, encoded.length)));
            }
        }
        if (!moves.feeds.isEmpty()) {
            move(message, path, sent);
        }
    }

    private void move(MessageInfo message, MessagePath path, boolean sent) {
        SessionId session = message.session();
        Move move = moveOf(message);
        if (session == null || move == null) {
            return;
        }
        for (Feed<MoveEvent> feed : moves.feeds) {
            if (feed.isFor(nameOf(message), session, path) && feed.hasRoom()) {
                Objective objective = message.objective();
                ObjectiveValue value = objective == null ? ObjectiveValue.NONE : objective.value();
                feed.add(new MoveEvent(
                        now(),
                        sent,
                        session,
                        move,
                        Optional.ofNullable(nameOf(message)),
                        objective == null ? 0 : objective.loopCount(),
                        ValueExcerpt.of(value, feed.options().valueBytes()),
                        message instanceof Wait wait
                                ? Optional.of(Duration.ofMillis(wait.waitMillis()))
                                : Optional.empty(),
                        message instanceof End end && end.outcome() instanceof GraspOption.Decline decline
                                ? Optional.ofNullable(decline.reason())
                                : Optional.empty(),
                        path));
            }
        }
    }

    private static @Nullable Move moveOf(MessageInfo message) {
        if (message instanceof RequestNegotiation) {
            return Move.REQUEST;
        }
        if (message instanceof Negotiate) {
            return Move.OFFER;
        }
        if (message instanceof Wait) {
            return Move.WAIT;
        }
        if (message instanceof End end) {
            if (end.outcome() instanceof GraspOption.Accept) {
                return Move.ACCEPT;
            }
            return end.outcome() instanceof GraspOption.Decline ? Move.DECLINE : null;
        }
        if (message instanceof RequestSynchronization) {
            return Move.SYNCHRONIZATION_REQUEST;
        }
        if (message instanceof Synch) {
            return Move.SYNCHRONIZATION;
        }
        return message instanceof Invalid ? Move.INVALID : null;
    }

    @Override
    public void messageDropped(DropReason reason, MessagePath path) {
        for (Feed<TraceEvent> feed : traces.feeds) {
            if (feed.options().messageTypes().isEmpty() && feed.isFor(null, null, path) && feed.hasRoom()) {
                feed.add(new TraceEvent.Dropped(now(), reason, path));
            }
        }
    }

    @Override
    public void floodProcessed(MessageInfo message, MessagePath path) {
        if (message instanceof Flood flood) {
            flood(flood, path, false);
        }
    }

    private void flood(Flood flood, MessagePath path, boolean own) {
        for (Feed<FloodEvent> feed : floods.feeds) {
            boolean interesting = false;
            for (String name : flood.names()) {
                interesting |= feed.isFor(name, null, path);
            }
            if (interesting && feed.hasRoom()) {
                int valueBytes = feed.options().valueBytes();
                feed.add(new FloodEvent(
                        now(),
                        own,
                        flood.session(),
                        flood.initiator(),
                        flood.ttlMillis() == 0 ? FloodedObjective.INDEFINITE : Duration.ofMillis(flood.ttlMillis()),
                        flood.objectives().stream()
                                .map(tagged -> new FloodEvent.Flooded(
                                        tagged.objective().name(),
                                        tagged.objective().flags(),
                                        tagged.objective().loopCount(),
                                        ValueExcerpt.of(tagged.objective().value(), valueBytes),
                                        Optional.ofNullable(tagged.locator())))
                                .toList(),
                        path));
            }
        }
    }

    private void asked(Discovery discovery, MessagePath path, boolean sent) {
        Objective objective = discovery.objective();
        for (Feed<DiscoveryEvent> feed : discoveries.feeds) {
            if (feed.isFor(objective.name(), null, path) && feed.hasRoom()) {
                feed.add(new DiscoveryEvent.Asked(
                        now(),
                        sent,
                        discovery.session(),
                        discovery.initiator(),
                        objective.name(),
                        objective.loopCount(),
                        path));
            }
        }
    }

    @Override
    public void locatorFound(String objective, AsaLocator locator) {
        for (Feed<DiscoveryEvent> feed : discoveries.feeds) {
            if (feed.options().peer().isEmpty() && feed.isFor(objective, null, null) && feed.hasRoom()) {
                feed.add(new DiscoveryEvent.Found(now(), objective, locator));
            }
        }
    }

    @Override
    public void sessionStarted(SessionInfo session) {
        for (Feed<SessionEvent> feed : sessions.feeds) {
            if (feed.isFor(session.objective(), null, null) && feed.hasRoom()) {
                feed.add(new SessionEvent.Started(now(), session));
            }
        }
    }

    @Override
    public void sessionEnded(SessionInfo session, SessionOutcome outcome, @Nullable Throwable failure) {
        for (Feed<SessionEvent> feed : sessions.feeds) {
            if (feed.isFor(session.objective(), null, null) && feed.hasRoom()) {
                feed.add(new SessionEvent.Ended(now(), session, outcome, Optional.ofNullable(textOf(failure))));
            }
        }
    }

    private static @Nullable String textOf(@Nullable Throwable failure) {
        return failure == null ? null : String.valueOf(failure.getMessage());
    }

    @Override
    public void linkUp(LinkInfo link) {
        link(new LinkEvent.Up(now(), link));
    }

    @Override
    public void linkDown(LinkInfo link) {
        link(new LinkEvent.Down(now(), link));
    }

    @Override
    public void linkFailed(String link, Throwable cause) {
        link(new LinkEvent.Failed(now(), link, String.valueOf(cause.getMessage())));
    }

    @Override
    public void linkWarning(String link, LinkWarning warning, String detail) {
        link(new LinkEvent.Warning(now(), link, warning, detail));
    }

    @Override
    public void securityChanged(Security security) {
        link(new LinkEvent.SecurityChanged(now(), security));
    }

    @Override
    public void identityChanged(IdentityStatus status) {
        link(new LinkEvent.IdentityChanged(now(), status));
    }

    @Override
    public void peerRefused(PeerRefusal reason, InetSocketAddress peer, String detail) {
        link(new LinkEvent.PeerRefused(now(), reason, peer, detail));
    }

    private void link(LinkEvent event) {
        for (Feed<LinkEvent> feed : links.feeds) {
            if (feed.hasRoom()) {
                feed.add(event);
            }
        }
    }
}
