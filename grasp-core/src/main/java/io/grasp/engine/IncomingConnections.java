package io.grasp.engine;

import io.grasp.engine.channel.ConnectionAcceptor;
import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.channel.PeerConnections;
import io.grasp.engine.fairness.FairPlaces;
import io.grasp.engine.fairness.FairPlaces.Place;
import io.grasp.engine.fairness.FairPlaces.WhenOwnShareIsUsed;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.registry.Registry;
import io.grasp.inspection.LimitUse;
import io.grasp.inspection.LimitUse.Unit;
import io.grasp.model.PeerIdentity;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.util.PeerAddresses;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Connections that peers open; the first message determines their purpose. Bounds the number of those without a
 * session, and that of all connections of each source. At a bound a silent connection goes, so that peers that are only
 * silent never keep others away: the oldest one of the link and source with the most. A connection whose peer has asked
 * and may still get an answer is not a silent one. Such connections have at most half of the places, and go only for
 * each other, or if there are no silent ones. If the substrate has no room, all connections of a link count, also those
 * with sessions, and a session that waits may have to go.
 */
final class IncomingConnections {
    /** Under pressure there is still time for the first retransmission of TCP (RFC 6298 section 2.1). */
    private static final Duration LEAST_PATIENCE = Duration.ofSeconds(3);

    private static final int LEAST_PART = 10;

    private final EngineContext context;
    private final Registry registry;
    private final Dispatcher dispatcher;
    private final PeerConnections peers;
    private final FairPlaces<IncomingConnection> silent;
    /** Those whose peers have asked, as long as answers may follow. */
    private final FairPlaces<IncomingConnection> asking;
    /** Those that this node needs no more, and that their peers have not closed yet. */
    private final FairPlaces<IncomingConnection> ending;

    private DropReason displacing = DropReason.SILENT_CONNECTIONS;

    IncomingConnections(EngineContext context, Registry registry, Dispatcher dispatcher) {
        this.context = context;
        this.registry = registry;
        this.dispatcher = dispatcher;
        this.peers = new PeerConnections(context.limits.connectionsPerPeer());
        this.silent = new FairPlaces<>(
                context.limits.connections(),
                WhenOwnShareIsUsed.REPLACE_OLDEST,
                oldest -> oldest.displaced(displacing));
        this.asking = new FairPlaces<>(
                Math.max(1, context.limits.connections() / 2),
                WhenOwnShareIsUsed.REPLACE_OLDEST,
                oldest -> oldest.displaced(displacing));
        this.ending =
                new FairPlaces<>(Long.MAX_VALUE, WhenOwnShareIsUsed.REFUSE, oldest -> oldest.displaced(displacing));
    }

    /** See {@link ConnectionAcceptor}. */
    ConnectionListener accept(Connection connection, MessagePath path, @Nullable String localAsa) {
        MessageChannel channel = new MessageChannel(context, localAsa);
        channel.attachOpened(connection, path);
        channel.maxBytes(registry.maxBytes());
        InetAddress peer = connection.remote().getAddress();
        TrafficSource source = channel.source();
        IncomingConnection incoming = new IncomingConnection(context, this, dispatcher, channel, peer, source);
        channel.handler(incoming);
        DropReason refused = refused(channel, peer);
        if (refused == null && !channel.isLoopback()) { // our own ASAs are bounded by the limits on sessions
            refused = count(source, incoming, channel);
        }
        if (refused != null) {
            channel.drop(refused);
            channel.abort(); // a graceful close would keep its place in the substrate for longer
            return channel;
        }
        if (waiting() >= context.limits.connections()) {
            displacing = DropReason.SILENT_CONNECTIONS;
            if (!silent.displaceFor(source, anyLink -> true)) {
                displacing = DropReason.ASKING_CONNECTIONS;
                asking.displaceFor(source, anyLink -> true);
            }
        }
        incoming.await(isSilent(incoming), patience(source));
        return channel;
    }

    /** {@return the place of a connection that is silent, or is again} It has no other place. */
    Place<IncomingConnection> isSilent(IncomingConnection incoming) {
        displacing = DropReason.SILENT_CONNECTIONS;
        return take(silent, incoming);
    }

    /** {@return the place of a connection whose peer has asked} It has no other place. */
    Place<IncomingConnection> hasAsked(IncomingConnection incoming) {
        displacing = DropReason.ASKING_CONNECTIONS;
        return take(asking, incoming);
    }

    private static Place<IncomingConnection> take(FairPlaces<IncomingConnection> places, IncomingConnection incoming) {
        return Objects.requireNonNull(
                places.take(incoming.source(), incoming, 1), "a source can always replace its own");
    }

    private @Nullable DropReason refused(MessageChannel channel, InetAddress peer) {
        if (!context.isSecure()) {
            return DropReason.NO_SECURITY;
        }
        return channel.isLoopback() ? null : context.dull.connectionSource(peer);
    }

    /** Counts a connection of a source until it is gone; {@return why the source may not have it, if so} */
    private @Nullable DropReason count(TrafficSource source, IncomingConnection incoming, MessageChannel channel) {
        displacing = DropReason.PEER_CONNECTIONS;
        boolean counted = peers.begin(source)
                || (ending.displaceOldestOf(source)
                                || silent.displaceOldestOf(source)
                                || asking.displaceOldestOf(source))
                        && peers.begin(source);
        if (!counted) {
            if (!context.sessions.resetOldestOf(source)) {
                return DropReason.PEER_CONNECTIONS;
            }
            peers.add(source); // the reset one counts until it is gone, on a later turn
        }
        incoming.counted(() -> peers.end(source));
        channel.onGone(incoming::gone);
        channel.onEnding(() -> incoming.ending(ending.take(source, incoming, 1)));
        return null;
    }

    /**
     * {@return how long to wait for the first message} The more connections of its link are silent, beyond half of
     * all places, the shorter it is.
     */
    private Duration patience(TrafficSource source) {
        Duration most = context.timeouts.firstMessage();
        long half = Math.max(1, context.limits.connections() / 2);
        long beyond = Math.min(half, silent.usedOnLink(source.link()) - half);
        if (beyond <= 0 || most.compareTo(LEAST_PATIENCE) <= 0) {
            return most;
        }
        Duration least = most.dividedBy(LEAST_PART);
        Duration floor = least.compareTo(LEAST_PATIENCE) < 0 ? LEAST_PATIENCE : least;
        return most.minus(most.minus(floor).multipliedBy(beyond).dividedBy(half));
    }

    /**
     * The substrate has no room for a connection of a peer. Authenticated peers are on no link, and cannot choose
     * another name: none gives way to one that has as many connections, with and without sessions, as it has itself.
     *
     * @param identity what the peer's certificate says; {@code null} if it is not authenticated
     * @return whether another connection has been reset for it
     */
    boolean makeRoom(InetAddress peer, @Nullable PeerIdentity identity, DropReason reason) {
        TrafficSource source = context.addresses.sourceOfConnection(peer, identity);
        displacing = reason;
        IntPredicate links = link -> peers.open(link) > leastKept(source);
        Predicate<TrafficSource> sources =
                identity == null ? any -> true : each -> peers.open(each) > peers.open(source);
        return ending.displaceFor(source, links, sources)
                || ending.displaceOldestOf(source)
                || silent.displaceFor(source, links, sources)
                || asking.displaceFor(source, links, sources)
                || context.sessions.resetFor(source);
    }

    /**
     * {@return up to how many connections, with and without sessions, no link gives way to a source of another one}
     */
    private long leastKept(TrafficSource source) {
        return Math.min(context.sessions.partOfConnections(), peers.open(source.link()) + 1L);
    }

    /** Closes the connections of a peer that have no session; {@return how many} */
    int closeIdle(InetAddress peer) {
        int closed = 0;
        for (FairPlaces<IncomingConnection> places : List.of(silent, asking, ending)) {
            for (IncomingConnection each : places.holders()) {
                if (PeerAddresses.plain(PeerAddresses.withoutScope(each.peer())).equals(peer)) {
                    each.forget();
                    closed++;
                }
            }
        }
        return closed;
    }

    /** Reports the bounds, and what is used of them. */
    void limits(Consumer<LimitUse> uses) {
        uses.accept(new LimitUse("Limits.connections", waiting(), context.limits.connections(), Unit.COUNT));
        uses.accept(new LimitUse(
                "Limits.connectionsPerPeer", peers.most(), context.limits.connectionsPerPeer(), Unit.COUNT));
    }

    /** {@return the number of connections without a session that this node has not closed} */
    int waiting() {
        return (int) (silent.used() + asking.used());
    }
}
