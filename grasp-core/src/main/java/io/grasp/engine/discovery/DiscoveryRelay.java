package io.grasp.engine.discovery;

import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.channel.ReplySender;
import io.grasp.engine.fairness.FairPlaces;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.node.Deadlines;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.MulticastKey;
import io.grasp.engine.node.RelayBudget;
import io.grasp.engine.node.RelayedMessages;
import io.grasp.engine.node.RelayedMulticast;
import io.grasp.engine.node.SessionKey;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.security.PeerAction;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.util.IntrusiveList;
import io.grasp.util.LazyMap;
import io.grasp.wire.Discovery;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.LoopCount;
import io.grasp.wire.MessageDecoder;
import io.grasp.wire.Response;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Relays discoveries between links, and their responses back to the previous hop (RFC 8990 section 2.5.4.4). */
public final class DiscoveryRelay {
    private final EngineContext context;
    private final ReplySender replies;
    private final DiscoveryCache cache;
    private final RelayBudget<Waiting> budget;
    private final FairPlaces<RelayedDiscovery> places;
    private final RelayedMessages relayed;
    private final Map<MulticastKey, RelayedDiscovery> sessions = new LazyMap<>();
    /** Rapid answers do not name the initiator, and several initiators may use one Session ID. */
    private final Map<SessionId, IntrusiveList<RelayedDiscovery>> byId = new LazyMap<>();

    private long arrivals;

    public DiscoveryRelay(EngineContext context, ReplySender replies, DiscoveryCache cache) {
        this.context = context;
        this.replies = replies;
        this.cache = cache;
        this.budget = new RelayBudget<>(context, context.relay.discoveries(), this::relayWaiting, this::refuse);
        this.places = new FairPlaces<>(
                context.relay.sessions(), FairPlaces.WhenOwnShareIsUsed.REPLACE_OLDEST, this::displaced);
        this.relayed = new RelayedMessages(context.loop, context.timeouts.sessionMemory(), context.relay.discoveries());
    }

    /**
     * A discovery of an objective that no ASA here supports: relays it to every other link, now or when the rate allows
     * it, or drops it.
     *
     * @param source what is charged for it
     * @param answered whether it has been answered from the cache, so that not relaying it is no drop
     * @return whether it is relayed, or waits for that
     */
    boolean discovery(
            Discovery discovery,
            byte[] encoded,
            @Nullable Link from,
            ReplyPath previousHop,
            MessagePath path,
            TrafficSource source,
            boolean answered) {
        int loopCount = discovery.objective().loopCount() - 1;
        MulticastKey key = key(discovery);
        budget.relayWaiting();
        if (!hasLinkFor(path)) {
            dropUnless(answered, DropReason.NOT_SUPPORTED, path);
        } else if (loopCount <= 0) {
            dropUnless(answered, DropReason.LOOP_COUNT, path);
        } else if (relayed.contains(key)) {
            dropUnless(answered, DropReason.DUPLICATE, path);
        } else if (budget.take(key, source)) {
            relay(key, discovery, loopCount, encoded, from, previousHop, path, source, ++arrivals);
            return true;
        } else {
            Waiting waiting =
                    new Waiting(key, loopCount, encoded, from, previousHop, path, source, ++arrivals, answered);
            ReplySender.begin(previousHop);
            if (budget.await(key, source, from, waiting)) {
                return true;
            }
            refuse(waiting, discovery);
        }
        return false;
    }

    /** {@return whether this node has relayed a discovery, within the time in which it is not relayed again} */
    public boolean hasRelayed(Discovery discovery) {
        return relayed.contains(key(discovery));
    }

    /** A response does not name the objective, so of a session there is only one discovery, also with a policy. */
    private static MulticastKey key(Discovery discovery) {
        return MulticastKey.of(new SessionKey(discovery.session(), discovery.initiator()));
    }

    private void dropUnless(boolean answered, DropReason reason, MessagePath path) {
        if (!answered) {
            context.drop(reason, path);
        }
    }

    /** A discovery that waits until the rate allows to relay it. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Waiting(
            MulticastKey key,
            int loopCount,
            byte[] encoded,
            @Nullable Link from,
            ReplyPath previousHop,
            MessagePath path,
            TrafficSource source,
            long arrival,
            boolean answered) {
        Discovery discovery() {
            return (Discovery) MessageDecoder.decodeAgain(encoded);
        }
    }

    /** {@return whether it was relayed} Meanwhile another copy may have been relayed, or the other links have gone. */
    private boolean relayWaiting(Waiting waiting) {
        boolean first = !relayed.contains(waiting.key);
        boolean isRelayed = first && hasLinkFor(waiting.path);
        if (isRelayed) {
            relay(
                    waiting.key,
                    waiting.discovery(),
                    waiting.loopCount,
                    waiting.encoded,
                    waiting.from,
                    waiting.previousHop,
                    waiting.path,
                    waiting.source,
                    waiting.arrival);
        } else {
            DropReason why = first ? DropReason.NOT_SUPPORTED : DropReason.DUPLICATE;
            dropUnless(waiting.answered, why, waiting.path);
        }
        ReplySender.end(waiting.previousHop);
        return isRelayed;
    }

    /** {@return whether there is a link besides the one on which a discovery came, if any} */
    private boolean hasLinkFor(MessagePath path) {
        return context.links().size() >= (path.kind() == MessagePath.Kind.LOOPBACK ? 1 : 2);
    }

    private void refuse(Waiting waiting) {
        refuse(waiting, waiting.discovery());
    }

    private void refuse(Waiting waiting, Discovery discovery) {
        context.refuseRelay(discovery, DropReason.RELAY_RATE, waiting.path);
        ReplySender.end(waiting.previousHop);
    }

    private void relay(
            MulticastKey key,
            Discovery discovery,
            int loopCount,
            byte[] encoded,
            @Nullable Link from,
            ReplyPath previousHop,
            MessagePath path,
            TrafficSource source,
            long arrival) {
        Discovery message = new Discovery(
                discovery.session(),
                discovery.initiator(),
                discovery.objective().withLoopCount(loopCount),
                discovery.extras());
        RelayedMulticast multicast =
                new RelayedMulticast(context, message, LoopCount.replace(encoded, loopCount), from, path);
        if (multicast.isEmpty()) {
            return;
        }
        relayed.add(key);
        Duration allHops = context.timeouts.discoveryHop().multipliedBy(loopCount);
        Duration longest = context.timeouts.relayedDiscovery();
        // Ends the passing on of responses.
        Deadlines.Deadline deadline =
                context.deadlines.in(allHops.compareTo(longest) < 0 ? allHops : longest, () -> ended(key));
        IntrusiveList<RelayedDiscovery> sameId =
                byId.computeIfAbsent(key.session().id(), id -> new IntrusiveList<>());
        RelayedDiscovery session = new RelayedDiscovery(
                key,
                discovery.objective().name(),
                from,
                previousHop,
                path,
                deadline,
                arrival,
                context.limits.locators(),
                context,
                sameId);
        RelayedDiscovery earlier = sessions.put(key, session);
        if (earlier != null) { // it was relayed long ago, and still waits
            end(earlier);
        }
        reportCopy(session, sameId);
        session.hold(Objects.requireNonNull(places.take(source, session, 1), "the oldest gives up its place"));
        multicast.send();
    }

    /** Counts the later one of two discoveries with one Session ID. */
    private void reportCopy(RelayedDiscovery added, IntrusiveList<RelayedDiscovery> sameId) {
        RelayedDiscovery other = Objects.requireNonNull(sameId.first()).value();
        if (other != added) {
            RelayedDiscovery later = added.cameBefore(other) ? other : added;
            context.drop(DropReason.COPIED_SESSION_ID, later.previousPath());
        }
    }

    private void ended(MulticastKey key) {
        RelayedDiscovery session = sessions.remove(key);
        if (session != null) {
            end(session);
        }
    }

    /** Ends a session whose place another one needs. */
    private void displaced(RelayedDiscovery session) {
        sessions.remove(session.key());
        end(session);
        context.drop(DropReason.RELAYED_DISCOVERIES, session.previousPath());
    }

    /** Ends a session that has left the table. */
    private void end(RelayedDiscovery session) {
        session.end();
        byId.computeIfPresent(session.key().session().id(), (id, sameId) -> sameId.size() == 0 ? null : sameId);
    }

    /**
     * Passes on a response to a relayed discovery, and caches its locators. Responders on the link that the discovery
     * came from answer its initiator themselves: a response from there, for example of the initiator itself, is
     * dropped.
     *
     * @param link the link it belongs to, or {@code null} if that is not known
     * @param path where it came from
     * @return whether the discovery is in progress
     */
    public boolean response(Response response, byte[] encoded, @Nullable Link link, MessagePath path) {
        RelayedDiscovery session =
                sessions.get(MulticastKey.of(new SessionKey(response.session(), response.initiator())));
        if (session == null) {
            return false;
        }
        if (link != null && session.isFrom(link)) {
            context.drop(DropReason.ASKING_LINK, path);
            return true;
        }
        if (!ResponseLocators.isAbout(session.objective(), response)) {
            context.drop(DropReason.OUT_OF_TURN, path);
            return true;
        }
        if (!context.policy.permits(path, PeerAction.ANSWER, session.objective())) {
            context.drop(DropReason.NOT_AUTHORIZED, path);
            return true;
        }
        TrafficSource source = context.sourceOf(link, path);
        session.passOn(
                response,
                encoded,
                replies,
                path,
                source,
                permitted -> ResponseLocators.from(permitted, link, context, path)
                        .forEach(found -> cache.relayed(session.objective(), found, source)));
        return true;
    }

    /**
     * Passes on a rapid answer to a relayed discovery if it is complete: an M_SYNCH or M_END. Any other answer begins a
     * session, which a relay cannot carry: it closes the connection, and the responder sends an M_RESPONSE.
     *
     * @param channel the channel on which it came, {@code null} if it came on the link
     * @return whether the discovery is in progress
     */
    public boolean rapidAnswer(
            GraspMessage message, byte[] encoded, @Nullable MessageChannel channel, MessagePath path) {
        IntrusiveList<RelayedDiscovery> asked = message.session() == null ? null : byId.get(message.session());
        RapidAnswerKind kind = RapidAnswerKind.of(message);
        if (asked == null || !kind.isAnswer()) {
            return false;
        }
        RelayedDiscovery first = kind.isComplete() ? firstAwaiting(asked, message.objective()) : null;
        if (first == null) {
            context.drop(DropReason.LATE_RAPID, path);
        } else if (!context.policy.permits(path, PeerAction.ANSWER, first.objective())) {
            context.drop(DropReason.NOT_AUTHORIZED, path);
        } else {
            first.passOn(message, encoded, replies);
        }
        if (channel != null) {
            channel.close();
        }
        return true;
    }

    /**
     * Several initiators may use one Session ID, and rapid answers do not name the initiator. Each is for the one that
     * came first and has none yet, so a neighbor that copies a Session ID takes no answer from the one that chose it.
     *
     * @param about the objective that the answer names, or {@code null}
     */
    private static @Nullable RelayedDiscovery firstAwaiting(
            IntrusiveList<RelayedDiscovery> asked, @Nullable Objective about) {
        RelayedDiscovery first = null;
        for (IntrusiveList.Node<RelayedDiscovery> each = asked.first(); each != null; each = each.next()) {
            RelayedDiscovery candidate = each.value();
            boolean fits = asked.size() == 1 || about == null || about.name().equals(candidate.objective());
            if (fits && candidate.awaitsRapidAnswer() && (first == null || candidate.cameBefore(first))) {
                first = candidate;
            }
        }
        return first;
    }

    public void linkDown(Link gone) {
        budget.forget(gone);
        sessions.values().removeIf(session -> {
            boolean hopGone = session.isFrom(gone);
            if (hopGone) {
                end(session);
            }
            return hopGone;
        });
    }

    /** Ends all relayed discoveries: nothing more is relayed or passed on. */
    public void close() {
        budget.close();
        sessions.values().forEach(this::end);
        sessions.clear();
    }

    /** {@return the number of relayed discoveries that wait for responses} */
    public int underWay() {
        return sessions.size();
    }
}
