package io.grasp.engine.rapid;

import io.grasp.config.RapidMode;
import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.channel.PeerConnections;
import io.grasp.engine.channel.ReplySender;
import io.grasp.engine.discovery.RapidAnswers;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.negotiation.NegotiationResponder;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.node.ExpiringSet;
import io.grasp.engine.node.Placeholder;
import io.grasp.engine.node.SessionKey;
import io.grasp.engine.registry.Registration;
import io.grasp.engine.registry.Registry;
import io.grasp.engine.synchronization.SynchronizationResponder;
import io.grasp.model.Objective;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.observe.SessionOutcome;
import io.grasp.security.PeerAction;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.util.PeerAddresses;
import io.grasp.wire.Discovery;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.MessageType;
import io.grasp.wire.Synch;
import java.net.InetAddress;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * Answers discoveries that also carry a request, for objectives registered with rapid mode (RFC 8990 sections 2.5.5.1
 * and 2.5.6.3).
 */
public final class RapidResponder implements RapidAnswers {
    private final EngineContext context;
    private final Registry registry;
    private final ReplySender replies;
    private final NegotiationResponder negotiations;
    private final SynchronizationResponder synchronizations;
    /**
     * Peers that do not support rapid mode, although their discoveries look like rapid requests, as graspy's always do.
     */
    private final ExpiringSet<RapidPeer> plain;
    /**
     * Peers that got an answer to which there is no reply. A peer that soon repeats its request does not support rapid
     * mode.
     */
    private final ExpiringSet<RapidPeer> answered;

    private final ExpiringSet<SessionKey> begun;
    private final PeerConnections peers;

    public RapidResponder(
            EngineContext context,
            Registry registry,
            ReplySender replies,
            NegotiationResponder negotiations,
            SynchronizationResponder synchronizations) {
        this.context = context;
        this.registry = registry;
        this.replies = replies;
        this.negotiations = negotiations;
        this.synchronizations = synchronizations;
        this.plain = context.remember(context.timeouts.rapidMemory());
        this.answered = context.remember(context.timeouts.operation());
        this.peers = new PeerConnections(context.limits.connectionsPerPeer());
        this.begun = context.remember(context.timeouts.sessionMemory());
    }

    @Override
    public boolean discovery(
            Discovery discovery, @Nullable Link link, ReplyPath back, MessagePath path, Runnable response) {
        Objective objective = discovery.objective();
        if (Placeholder.isNothing(objective.value())) {
            return false;
        }
        TrafficSource source = context.sourceOf(link, path);
        InetAddress previousHop = back.source().getAddress();
        RapidPeer peer = new RapidPeer(source.link(), previousHop, discovery.initiator(), objective.name());
        if (answered.contains(peer)) {
            plain.add(peer, source);
        }
        if (plain.contains(peer)) {
            return false;
        }
        PeerAction action = objective.isSynchronizable() ? PeerAction.SYNCHRONIZE : PeerAction.NEGOTIATE;
        if (!context.policy.permitsRequest(path, action, objective.name())) {
            return false; // it may discover; the request that follows is decided about by its own connection
        }
        if (objective.isSynchronizable()) {
            boolean carried = link == null || !link.repliesInBand() || link.carries(MessageType.M_SYNCH);
            return carried && synchronize(discovery, peer, source, back, path);
        }
        // A datagram whose source does not identify its link may come from anywhere: it must not begin a session.
        boolean canConnect = path.kind() == MessagePath.Kind.LINK && link != null && !link.repliesInBand();
        return objective.isNegotiable() && canConnect && negotiate(discovery, peer, source, back, path, response);
    }

    private boolean synchronize(
            Discovery discovery, RapidPeer peer, TrafficSource source, ReplyPath back, MessagePath path) {
        Synch synch = synchronizations.answer(
                discovery.session(), peer.objective(), null, each -> isRapid(each) && each.isServing());
        if (synch == null) {
            return false;
        }
        byte[] encoded = MessageEncoder.encode(synch);
        if (encoded.length > context.limits.message().maxBytes()) {
            return false; // relays on the path accept no longer messages
        }
        answered.add(peer, source);
        replies.sendLast(synch, encoded, back, path);
        return true;
    }

    private boolean negotiate(
            Discovery discovery,
            RapidPeer peer,
            TrafficSource source,
            ReplyPath back,
            MessagePath path,
            Runnable response) {
        SessionKey key = new SessionKey(discovery.session(), discovery.initiator());
        Objective request = discovery.objective();
        if (begun.contains(key)) {
            context.drop(DropReason.DUPLICATE, path); // it also came on another path
            return true;
        }
        Registration registration =
                registry.find(peer.objective(), null, each -> isRapid(each) && each.canTake(source) && !each.isRaw());
        // RFC 8990 section 2.8.6: on a clash it is not a request, but still a discovery
        if (registration == null
                || context.sessions.isOurs(key.id())
                || !context.substrate.hasRoomForSessionInReply()
                || !peers.begin(source)) {
            return false;
        }
        if (!context.sessions.beginUnproven(key, source)) {
            peers.end(source);
            return false;
        }
        begun.add(key, source);
        MessageChannel channel = new MessageChannel(context, null);
        RapidConnection connection = new RapidConnection(context.loop, back, replies.places(), path, channel);
        channel.attachOpened(connection, MessagePath.connection(back.source()));
        channel.maxBytes(registry.maxBytes(peer.objective()));
        negotiations.begin(registration, key, request, channel, outcome -> {
            context.sessions.endTheirs(key);
            peers.end(source);
            boolean concluded = outcome == SessionOutcome.ACCEPTED || outcome == SessionOutcome.DECLINED;
            if (concluded && !channel.isAnswered()) {
                answered.add(peer, source);
            } else if (!channel.isAnswered() && !connection.isUnreachable() && !context.isClosed()) {
                if (connection.isUsed()) {
                    plain.add(peer, source);
                }
                context.loop.execute(response);
            }
        });
        return true;
    }

    private static boolean isRapid(Registration registration) {
        return registration.options.rapid() == RapidMode.SESSION;
    }

    record RapidPeer(int link, InetAddress previousHop, InetAddress initiator, String objective)
            implements Comparable<RapidPeer> {
        private static final Comparator<RapidPeer> ORDER = Comparator.comparingInt(RapidPeer::link)
                .thenComparing(RapidPeer::previousHop, PeerAddresses::compare)
                .thenComparing(RapidPeer::initiator, PeerAddresses::compare)
                .thenComparing(RapidPeer::objective);

        @Override
        public int compareTo(RapidPeer other) {
            return ORDER.compare(this, other);
        }
    }
}
