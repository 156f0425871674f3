package io.grasp.substrate.netty.member;

import io.grasp.model.IdentityStatus;
import io.grasp.model.PeerIdentity;
import io.grasp.model.PeerRefusal;
import io.grasp.model.Security;
import io.grasp.security.NodeIdentity;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.LinkLostException;
import io.grasp.substrate.Loop;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.netty.NettyLoop;
import io.grasp.substrate.netty.mux.MuxConfig;
import io.grasp.substrate.netty.time.FixedDelayTimers;
import io.grasp.util.AddressText;
import io.grasp.util.IntrusiveList;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one node with other members of its domain. For each pair of nodes there is one TLS connection, in
 * which sessions are streams and which may also be a link; it is opened by the first session or by a link, whichever
 * side wants it. With a peer that has no streams, each session has its own connection.
 *
 * <p>Sessions beyond the number that a member takes wait for a place with it, on whichever connection that will be.
 *
 * <p>If two nodes have two connections at once, both use the newest; the node with the higher instance ID retires the
 * others. So one of them decides, and a connection that is dead for one side only is replaced.
 *
 * <p>Connections are accepted and opened only while the node's identity is good. All open ones are checked again when
 * something that the identity depends on has changed, and when a certificate expires.
 */
public final class Members {
    /** The longest pause between two checks of idle time and signs of life. */
    private static final int MAX_TICK_MILLIS = 1_000;

    private static final int MIN_TICK_MILLIS = 10;

    /** A node that was started again may for a while have a link besides the one that is no longer in use. */
    private static final int MAX_LINKS_OF_NAME = 2;

    /** The maximum of sessions that wait until one member takes one more. */
    private static final int MAX_WAITING_SESSIONS = 256;

    private static final Duration RECHECK = Duration.ofMinutes(1);

    /** The minimum time between two checks of all certificates because some are about to expire. */
    private static final Duration MIN_RECHECK = Duration.ofSeconds(1);

    /** After this time two nodes agree on the connection that they use. */
    private static final long SETTLED_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** The minimum time between two readings of the interfaces for streams to addresses that are not served. */
    private static final long EXTRA_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final NettyLoop loop;
    private final NodeIdentity identity;
    private final MemberConfig config;
    private final MuxConfig muxConfig;
    private final MemberLinks links;
    private final Handshakes handshakes;
    private final TlsTransport transport;
    private final String instance;
    private final RandomGenerator jitter;
    private final Owners owners = new Owners();
    private final Renewals renewals;

    private final Map<Place, Route> routes = new HashMap<>();
    private final Map<String, Member> members = new LinkedHashMap<>();
    /** All open TLS connections whose peers are authenticated. */
    private final Set<SecureChannel> channels = new LinkedHashSet<>();

    private final Set<MemberConnection> connections = new LinkedHashSet<>();
    private final IntrusiveList<Session> sessions = new IntrusiveList<>();
    private final Set<DeferredConnection> deferred = new LinkedHashSet<>();

    /** For sessions that are closed while they wait for a place. */
    private final FixedDelayTimers closings;

    /** The sessions that peers have opened, by the names of the peers. */
    private final Map<String, Set<Session>> accepted = new HashMap<>();

    private int acceptedSessions;
    private @Nullable SubstrateListener listening;
    private @Nullable IdentityStatus status;
    private @Nullable AutoCloseable watch;
    private Loop.@Nullable Wakeup tick;
    private Loop.@Nullable Wakeup recheck;
    private long recheckAt;
    private long nextExtraLook;
    /** When the identity has changed last, on the loop's clock. */
    private long changedAt;

    private int checksUnderWay;
    private boolean checkAgain;
    private boolean closing;
    private Runnable closed = () -> {};

    /**
     * Nothing is opened yet. It may block, because it needs random bytes.
     *
     * @param loop the loop
     * @param identity the node's identity, which the caller closes
     * @param config the settings
     * @param links receives what happens on links
     */
    public Members(NettyLoop loop, NodeIdentity identity, MemberConfig config, MemberLinks links) {
        this(loop, identity, config, links, newInstance());
    }

    private Members(NettyLoop loop, NodeIdentity identity, MemberConfig config, MemberLinks links, String instance) {
        this.loop = loop;
        this.identity = identity;
        this.config = config;
        this.muxConfig = MuxWire.config(config);
        this.closings = new FixedDelayTimers(loop, TimeUnit.MILLISECONDS.toNanos(config.closeTimeoutMillis()));
        this.links = links;
        this.handshakes = new Handshakes(
                config.maxHandshakes(),
                config.maxHandshakesPerSource(),
                config.countsNetworks(),
                config.handshakeThreads());
        List<String> protocols = new ArrayList<>();
        if (config.streams()) {
            protocols.add(MuxWire.PROTOCOL);
        }
        if (config.acceptsLinks()) {
            protocols.add(FramedWire.PROTOCOL);
        }
        protocols.add(TlsSession.PROTOCOL);
        this.transport =
                new TlsTransport(loop, identity, config, handshakes, List.copyOf(protocols), new FromTransport());
        this.instance = instance;
        this.nextExtraLook = loop.nanoTime();
        this.changedAt = nextExtraLook;
        this.jitter = new SplittableRandom(instance.hashCode());
        this.renewals = new Renewals(loop, new FromRenewals(), jitter, config);
    }

    private static String newInstance() {
        byte[] random = new byte[Hello.INSTANCE_BYTES];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /**
     * {@return what takes the place of this, not started, when the node's addresses have changed} Unlike the
     * constructor, it may be called on the loop.
     */
    public Members successor() {
        return new Members(loop, identity, config, links, instance);
    }

    /**
     * Starts to accept connections.
     *
     * @param listener receives the events of sessions, of the identity and of refused peers
     * @param addresses where to accept connections; with port 0, the first gets a free one and the others the same
     * @param started called on a later turn of the loop, with the failure if one of the addresses cannot be bound
     */
    public void start(SubstrateListener listener, List<InetSocketAddress> addresses, Completion started) {
        listening = listener;
        watch = identity.onChange(this::identityChanged);
        handshakes.start();
        loop.execute(() -> {
            if (!closing) {
                lookAtIdentity();
                tickLater();
                recheckAfter(RECHECK);
            }
            bind(addresses, 0, started);
        });
    }

    /**
     * Opens connections from one address of this host from now on; by default the system chooses one.
     *
     * @param local the address
     */
    public void connectFrom(InetAddress local) {
        transport.connectFrom(local);
    }

    private void bind(List<InetSocketAddress> addresses, int index, Completion started) {
        if (closing) {
            started.done(new IOException("the substrate is closed"));
            return;
        }
        if (index == addresses.size()) {
            started.done(null);
            return;
        }
        InetSocketAddress next = addresses.get(index);
        InetSocketAddress address =
                next.getPort() == 0 && index > 0 ? new InetSocketAddress(next.getAddress(), transport.port()) : next;
        transport.bind(address, failure -> {
            if (failure == null) {
                bind(addresses, index + 1, started);
            } else {
                started.done(failure);
            }
        });
    }

    /** {@return the number of sessions that peers have opened} */
    public int sessionsOfPeers() {
        return acceptedSessions;
    }

    /** {@return the port at which connections are accepted, 0 if none are} */
    public int port() {
        return transport.port();
    }

    /** {@return whether the identity protects the connections now} */
    public Security security() {
        IdentityStatus known = status;
        return (known == null ? identity.status() : known).good() ? Security.SECURED : Security.NONE;
    }

    /** {@return whether a member is this node itself, connected to its own port} */
    public boolean isThisNode(Member member) {
        return member.instance().equals(instance);
    }

    /** {@return the members that this node has connections with} */
    public Collection<Member> members() {
        return List.copyOf(members.values());
    }

    /**
     * Opens a session.
     *
     * @param remote the address and port at which the peer accepts connections
     * @param listener receives its events
     * @return the session
     */
    public Connection connect(InetSocketAddress remote, ConnectionListener listener) {
        Route known = routes.get(Place.of(remote));
        Member found = known == null ? null : known.member();
        MemberConnection open = found == null ? null : found.forStreams();
        if (found != null && open != null && !closing) {
            return found.takesSession(open)
                    ? openStream(open, remote, listener)
                    : openLater(
                            found, remote, listener, session -> route(remote).connect(session));
        }
        DeferredConnection session = defer(remote, listener);
        loop.execute(() -> {
            if (session.isOver()) {
                return;
            }
            if (closing) {
                session.fail(new IOException("the substrate is closed"));
            } else {
                route(remote).connect(session);
            }
        });
        return session;
    }

    /**
     * Opens a session with a member, or with another node at an address of it.
     *
     * @param member the member
     * @param remote its address, as the engine knows it, and the port at which that node accepts connections
     * @param listener receives its events
     * @return the session
     */
    public Connection connect(Member member, InetSocketAddress remote, ConnectionListener listener) {
        MemberConnection open = remote.getPort() == member.port() ? member.forStreams() : null;
        if (open != null && !closing) {
            return member.takesSession(open)
                    ? openStream(open, remote, listener)
                    : openLater(member, remote, listener, session -> reconnect(member, session));
        }
        DeferredConnection session = defer(remote, listener);
        loop.execute(() -> {
            if (!session.isOver()) {
                reconnect(member, session);
            }
        });
        return session;
    }

    private void reconnect(Member member, DeferredConnection session) {
        InetAddress address = member.addressLike(session.remote().getAddress());
        if (closing || address == null) {
            session.fail(new IOException(
                    "there is no connection with " + member.identity().nodeName()));
        } else {
            route(new InetSocketAddress(address, session.remote().getPort())).connect(session);
        }
    }

    /**
     * {@return a session that will not open}
     *
     * @param remote where it should have led to
     * @param listener is notified of its end
     * @param cause the reason
     */
    public Connection refuse(InetSocketAddress remote, ConnectionListener listener, Throwable cause) {
        DeferredConnection session = defer(remote, listener);
        loop.execute(() -> session.fail(cause));
        return session;
    }

    private DeferredConnection defer(InetSocketAddress remote, ConnectionListener listener) {
        DeferredConnection[] self = new DeferredConnection[1];
        DeferredConnection session = new DeferredConnection(loop, remote, new ConnectionListener() {
            @Override
            public void opened() {
                deferred.remove(self[0]);
                listener.opened();
            }

            @Override
            public void received(byte[] bytes) {
                listener.received(bytes);
            }

            @Override
            public void inputEnded() {
                listener.inputEnded();
            }

            @Override
            public void closed(@Nullable Throwable failure) {
                deferred.remove(self[0]);
                self[0].stopsWaiting();
                listener.closed(failure);
                closedOne();
            }
        });
        self[0] = session;
        deferred.add(session);
        return session;
    }

    /**
     * Opens a session when the member takes one more.
     *
     * @param again connects it anew if the member has no connection for it by then
     */
    private Connection openLater(
            Member member, InetSocketAddress remote, ConnectionListener listener, Consumer<DeferredConnection> again) {
        DeferredConnection session = defer(remote, listener);
        waitForPlace(member, session, () -> again.accept(session));
        return session;
    }

    /** There is a connection for a session that was waiting for one. */
    private void resume(DeferredConnection session, Member member, MemberConnection on, InetSocketAddress remote) {
        if (member.takesSession(on)) {
            session.resume(openStream(on, session.remote(), session.listener()));
        } else {
            waitForPlace(member, session, () -> route(remote).connect(session));
        }
    }

    private void waitForPlace(Member member, DeferredConnection session, Runnable again) {
        if (member.waiting().size() < MAX_WAITING_SESSIONS) {
            session.waitForPlace(member, again, closings);
        } else {
            loop.execute(() -> session.fail(new IOException(
                    MAX_WAITING_SESSIONS + " sessions with " + member + " wait until it takes one more")));
        }
    }

    /** Opens the sessions that a member takes now. If it has no connection for them any more, they get a new one. */
    private void openWaiting(Member member) {
        for (IntrusiveList.Node<DeferredConnection> first = member.waiting().first();
                first != null;
                first = member.waiting().first()) {
            DeferredConnection session = first.value();
            MemberConnection on = member.forStreams();
            if (session.isOver()) {
                session.leavePlace(); // its listener is about to be notified
            } else if (on == null && lookAtIdentity()) {
                session.leavePlace().run();
            } else if (on == null) {
                session.fail(identityIsBad());
            } else if (member.hasPlace(on)) {
                session.resume(openStream(on, session.remote(), session.listener()));
            } else {
                return;
            }
        }
    }

    private static void failWaiting(Member member, @Nullable Throwable failure) {
        for (DeferredConnection each : member.waiting().all()) {
            if (each.isOver()) {
                each.leavePlace();
            } else {
                each.fail(failure != null ? failure : new IOException("the connection with " + member + " was closed"));
            }
        }
    }

    private Connection openStream(MemberConnection on, InetSocketAddress remote, ConnectionListener listener) {
        Session session = new Session(listener, on.channel(), on, false);
        Connection stream = on.open(session, remote);
        session.connection = stream;
        return stream;
    }

    /**
     * Opens a connection for a link, unless there is one with the node that is at an address.
     *
     * @param remote the address and port
     * @param found receives the node
     * @param failed called instead if there is no connection
     * @return gives it up
     */
    public Runnable dial(InetSocketAddress remote, Consumer<Member> found, Consumer<Throwable> failed) {
        LinkDial dial = new LinkDial(loop, found, failed);
        loop.execute(() -> {
            if (closing) {
                dial.failed(new IOException("the substrate is closed"));
            } else if (!dial.isOver()) {
                route(remote).dial(dial);
            }
        });
        return dial::giveUp;
    }

    /**
     * The member that may be at a place, though only it says so.
     *
     * @param remote the address and port
     * @return the only member that says that it accepts connections there, if none could be opened when this node has
     *     tried it last; otherwise {@code null}
     */
    public @Nullable Member claimant(InetSocketAddress remote) {
        Route known = routes.get(Place.of(remote));
        return known == null ? null : known.claimant();
    }

    private Route route(InetSocketAddress remote) {
        return routes.computeIfAbsent(
                Place.of(remote), place -> new Route(loop, config, transport, jitter, new OwnerOfRoutes(), remote));
    }

    /** What places ask and report. */
    private final class OwnerOfRoutes implements Route.Owner {
        @Override
        public boolean isIdentityGood() {
            return lookAtIdentity();
        }

        @Override
        public IOException identityIsBad() {
            return Members.this.identityIsBad();
        }

        @Override
        public void resume(DeferredConnection session, Member member, MemberConnection on, InetSocketAddress remote) {
            Members.this.resume(session, member, on, remote);
        }

        @Override
        public void openSingle(SecureChannel channel, DeferredConnection deferredSession) {
            register(channel);
            Session session = new Session(deferredSession.listener(), channel, null, false);
            TlsSession single = new TlsSession(loop, channel, deferredSession.remote(), config, session);
            session.connection = single;
            channel.channel().pipeline().addAfter(contextOf(channel), null, single);
            deferredSession.resume(single);
            loop.run(session::opened);
            channel.use();
        }

        @Override
        public void attach(SecureChannel channel, Route route) {
            Members.this.attach(channel, new OwnerOfConnection(route));
        }

        @Override
        public void left(Route route, Member member) {
            links.left(member, route.remote());
        }

        @Override
        public void forget(Route route) {
            routes.remove(Place.of(route.remote()), route);
        }
    }

    private static String contextOf(SecureChannel channel) {
        return channel.channel().pipeline().context(channel).name();
    }

    private void register(SecureChannel channel) {
        channels.add(channel);
        channel.channel().closeFuture().addListener(gone -> channels.remove(channel));
        if (changedAt - channel.checkedAt() >= 0) {
            check(channel); // its check may have been made by what was known before
        }
    }

    private MemberConnection attach(SecureChannel channel, OwnerOfConnection owner) {
        register(channel);
        MemberConnection.WireFactory wires = channel.protocol().equals(MuxWire.PROTOCOL)
                ? listener -> new MuxWire(loop, channel, muxConfig, channel.remote(), listener)
                : listener -> {
                    FramedWire wire = new FramedWire(loop, channel, config, listener);
                    channel.channel().pipeline().addAfter(contextOf(channel), null, wire);
                    return wire;
                };
        MemberConnection connection = new MemberConnection(loop, channel, config, wires, owner);
        connections.add(connection);
        if (owner.route != null) {
            owner.route.attached(connection);
        }
        recheckWithin(channel.untilNearEnd(channel.validity()));
        connection.begin();
        channel.use();
        return connection;
    }

    /** What a connection asks and reports. */
    private final class OwnerOfConnection implements MemberConnection.Owner {
        /** Where it leads, or what its member claims; before that is known, what waits for it. */
        private @Nullable Route route;

        /** The member with which it replaces a connection; {@code null} if it replaces none. */
        private final @Nullable Member expected;

        /** Called if it is not with that member. */
        private final Runnable notReplaced;

        OwnerOfConnection(@Nullable Route route) {
            this.route = route;
            this.expected = null;
            this.notReplaced = () -> {};
        }

        OwnerOfConnection(Member expected, Runnable notReplaced) {
            this.expected = expected;
            this.notReplaced = notReplaced;
        }

        @Override
        public boolean expects(MemberConnection connection, Hello hello) {
            return expected == null || memberOn(connection, hello) == expected;
        }

        @Override
        public void renewalAsked(Member member) {
            if (!closing) {
                renewals.asked(member);
            }
        }

        @Override
        public Hello hello() {
            return new Hello(instance, port());
        }

        @Override
        public byte flags(MemberConnection connection, Hello hello) {
            Member member = memberOn(connection, hello);
            return Hello.flags(member.isWanted(), member.isNeighbor() ? member.acceptance() : acceptance(member));
        }

        @Override
        public Member greeted(MemberConnection connection, Hello hello) {
            Member member = memberOn(connection, hello);
            if (members.putIfAbsent(member.key(), member) == null) {
                reportSameName(member);
            }
            member.beginAnew(acceptance(member));
            return member;
        }

        /** {@return the member that has sent a hello; if it is a new one, it is not yet one of this node's} */
        private Member memberOn(MemberConnection connection, Hello hello) {
            SecureChannel channel = connection.channel();
            boolean self = hello.instance().equals(instance);
            String key = channel.peer().nodeName() + " " + hello.instance() + (self ? channel.isClient() : "");
            Member known = members.get(key);
            return known != null ? known : new Member(loop, owners, key, hello, connection);
        }

        @Override
        public void added(MemberConnection connection, Member member) {
            retireOthers(member, connection);
            if (!closing) {
                renewals.added(member);
            }
            limitConnections(connection);
            if (connection.channel().isClient()) {
                route = route == null ? route(connection.channel().remote()) : route;
                route.greeted(connection, member);
            } else if (member.port() != 0) {
                route = route(
                        new InetSocketAddress(connection.channel().remote().getAddress(), member.port()));
                route.claimedBy(member);
            }
        }

        @Override
        public boolean admits(MemberConnection connection) {
            return Members.this.admits(connection.channel(), connection);
        }

        @Override
        public ConnectionListener accepted(MemberConnection connection, Connection stream) {
            InetSocketAddress peer = connection.channel().remote();
            return Members.this.accepted(
                    connection,
                    peer.getAddress().isLinkLocalAddress()
                            ? new ScopedConnection(stream, scopedRemote(connection.channel()))
                            : stream);
        }

        @Override
        public void ended(MemberConnection connection, @Nullable Throwable failure) {
            connections.remove(connection);
            Route place = route;
            route = null;
            if (failure instanceof ProtocolViolation violation) {
                refused(connection.channel(), PeerRefusal.PROTOCOL_VIOLATION, violation.getMessage());
            } else if (failure instanceof PeerRefusedException refusal
                    && refusal.reason() == PeerRefusal.HANDSHAKE_TIMEOUT) {
                refused(connection.channel(), refusal.reason(), refusal.getMessage());
            } else if (failure instanceof SocketTimeoutException && connection.member() == null) {
                refused(connection.channel(), PeerRefusal.HANDSHAKE_TIMEOUT, failure.getMessage());
            }
            Member member = connection.member();
            if (member != null) {
                if (place != null && !closing) {
                    if (connection.channel().isClient()) {
                        place.ended(connection, failure);
                    } else {
                        place.unclaimedBy(member, failure);
                    }
                }
                member.removed(connection);
                if (member.isGone()) {
                    failWaiting(member, failure);
                    members.remove(member.key(), member);
                    renewals.gone(member);
                    List.copyOf(routes.values()).forEach(each -> each.memberGone(member));
                }
            } else if (place != null && !closing) {
                place.failed(failure != null ? failure : new IOException("the connection was closed"));
            } else if (!closing) {
                notReplaced.run();
            }
            closedOne();
        }
    }

    /** {@return whether a member may have this node as its neighbor, as things are now} */
    private Acceptance acceptance(Member member) {
        if (!config.acceptsLinks() || isThisNode(member)) {
            return Acceptance.NO;
        }
        if (owners.objection(member) != null) {
            return Acceptance.NAME_HAS_LINKS;
        }
        return hasPlaceFor(member) || givesWayTo(member) != null ? Acceptance.YES : Acceptance.NO_PLACE;
    }

    /** {@return whether a member can be a neighbor while no other gives way} What this node wants does not count. */
    private boolean hasPlaceFor(Member member) {
        return links.isSought(member) || acceptsMore(member);
    }

    private boolean acceptsMore(Member member) {
        long ofPeers = members.values().stream()
                .filter(each -> each != member && each.isNeighbor() && !each.isWanted() && !isSuccessor(member, each))
                .count();
        return ofPeers < config.maxNeighbors();
    }

    /**
     * {@return the neighbor whose link may end so that a member can have its place: the oldest of the name with the
     * most} Only if that name has more links even with one less.
     */
    private @Nullable Member givesWayTo(Member member) {
        Map<String, List<Member>> byName = new TreeMap<>();
        for (Member each : members.values()) {
            if (each.isNeighbor() && !each.isWanted()) {
                byName.computeIfAbsent(each.identity().nodeName().toString(), name -> new ArrayList<>())
                        .add(each);
            }
        }
        List<Member> most = most(byName);
        List<Member> own = byName.getOrDefault(member.identity().nodeName().toString(), List.of());
        return most.size() < own.size() + 2 ? null : most.get(0);
    }

    private static <T> List<T> most(Map<String, List<T>> byName) {
        List<T> most = List.of();
        for (List<T> each : byName.values()) {
            if (each.size() > most.size()) {
                most = each;
            }
        }
        return most;
    }

    private void limitConnections(MemberConnection newest) {
        MemberConnection givesWay = new ConnectionCount(connections, newest)
                .givesWay(config.maxConnections(), config.maxConnectionsPerPeer());
        if (givesWay != null) {
            dropped(
                    SubstrateDrop.TOO_MANY_CONNECTIONS,
                    givesWay.channel().remote(),
                    givesWay.channel().peer());
            givesWay.abort(new IOException("the connection has given way to a newer one"));
        }
    }

    /** {@return whether a member is another one that has been started again: it has the same name and place} */
    private boolean isSuccessor(Member member, Member former) {
        return isOther(member, former) && isAtSamePlace(member, former) && !former.hasFollowed(member);
    }

    /** {@return whether a member has the same name as another one, and neither is this node} */
    private boolean isOther(Member member, Member other) {
        return other != member
                && !isThisNode(member)
                && !isThisNode(other)
                && other.identity().nodeName().equals(member.identity().nodeName());
    }

    private static boolean isAtSamePlace(Member one, Member other) {
        return one.port() == other.port()
                && one.remote().getAddress().equals(other.remote().getAddress());
    }

    private void reportSameName(Member found) {
        if (isThisNode(found)) {
            return;
        }
        IdentityStatus own = status;
        if (own != null && Objects.equals(found.identity().nodeName(), own.nodeName())) {
            links.sameName(found, null);
        }
        for (Member each : members()) {
            if (!isOther(found, each)) {
                continue;
            }
            boolean startedAgain = isSuccessor(found, each);
            if (isAtSamePlace(found, each)) {
                found.follows(each);
            }
            if (startedAgain) {
                each.connections().forEach(old -> old.abort(new IOException("the node has been started again")));
                each.carrierChanged(); // its link is down before the other's is up
            } else {
                links.sameName(found, each);
            }
        }
    }

    private void retireOthers(Member member, MemberConnection newest) {
        if (instance.compareTo(member.instance()) > 0) {
            for (MemberConnection each : member.connections()) {
                if (each != newest) {
                    each.retire();
                }
            }
        }
    }

    /** What members ask and report. */
    private final class Owners implements Member.Owner {
        @Override
        public @Nullable String objection(Member member) {
            if (member.isNeighbor()) {
                return null;
            }
            List<Member> others = members.values().stream()
                    .filter(each -> each.isNeighbor()
                            && !each.isEnding()
                            && each != member
                            && !isSuccessor(member, each)
                            && each.identity()
                                    .nodeName()
                                    .equals(member.identity().nodeName()))
                    .toList();
            return others.size() < MAX_LINKS_OF_NAME
                    ? null
                    : "this node has links to " + others.size() + " nodes with the name of " + others.get(0)
                            + " and " + AddressText.of(others.get(1).remote()) + " already, so the one at "
                            + AddressText.onThisHost(member.remote())
                            + " cannot be a neighbor: issue a certificate with a name of its own for each node, and"
                            + " revoke one that was copied";
        }

        @Override
        public Acceptance accept(Member member) {
            Acceptance acceptance = acceptance(member);
            switch (acceptance) {
                case YES -> {
                    Member givesWay = hasPlaceFor(member) ? null : givesWayTo(member);
                    if (givesWay != null) {
                        givesWay.giveWay();
                    }
                }
                case NAME_HAS_LINKS -> refuseLink(member, String.valueOf(objection(member)));
                case NO_PLACE ->
                    refuseLink(
                            member,
                            "this node has " + config.maxNeighbors() + " neighbors, its maximum, so " + member
                                    + " cannot be one");
                case NO -> {
                    // the member has reached itself, or there are no links
                }
            }
            return acceptance;
        }

        private void refuseLink(Member member, String why) {
            refused(member.remote(), member.identity(), PeerRefusal.TOO_MANY_NEIGHBORS, why);
        }

        @Override
        public void linkUp(Member member) {
            loop.run(() -> links.up(member));
        }

        @Override
        public void linkDown(Member member) {
            loop.run(() -> links.down(member));
        }

        @Override
        public void message(Member member, byte[] message) {
            links.message(member, message);
        }

        @Override
        public void placeIsFree(Member member) {
            openWaiting(member);
        }
    }

    /** A link-local address has the index of its link as scope, not that of the system's interface. */
    private InetSocketAddress scopedRemote(SecureChannel channel) {
        InetSocketAddress remote = channel.remote();
        return new InetSocketAddress(scoped(remote.getAddress(), channel), remote.getPort());
    }

    private InetAddress scoped(InetAddress address, SecureChannel channel) {
        if (!(address instanceof Inet6Address) || !address.isLinkLocalAddress()) {
            return address;
        }
        try {
            int index =
                    links.indexOf(channel.peer().nodeName(), channel.remote().getAddress());
            return Inet6Address.getByAddress(null, address.getAddress(), index);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private boolean admits(SecureChannel channel, @Nullable MemberConnection on) {
        SubstrateDrop refused = refusal(channel, on);
        SubstrateListener listener = listening;
        if (refused != null && listener != null && !closing) {
            loop.run(() -> listener.dropped(refused, null, scopedRemote(channel), channel.peer()));
        }
        return refused == null && !closing && listener != null;
    }

    private @Nullable SubstrateDrop refusal(SecureChannel channel, @Nullable MemberConnection on) {
        SubstrateListener listener = listening;
        InetAddress local = scoped(channel.local().getAddress(), channel);
        if (listener == null || !serves(listener, local)) {
            return SubstrateDrop.NOT_SERVED;
        }
        if (hasTooMany(nameOf(channel), channel, on)) {
            return SubstrateDrop.TOO_MANY_CONNECTIONS;
        }
        if (acceptedSessions < config.maxSessions()) {
            return null;
        }
        boolean[] made = {false};
        loop.run(() -> made[0] =
                listener.makesRoom(scopedRemote(channel), channel.peer(), SubstrateDrop.TOO_MANY_CONNECTIONS));
        return made[0] ? null : SubstrateDrop.TOO_MANY_CONNECTIONS;
    }

    /**
     * {@return whether a name has as many sessions as it may have} Those on connections that have been replaced count
     * apart. The peer counts them together, but their ends and the begin of another session are on different
     * connections, so they may arrive in another order. If all are on one connection, that limits its streams itself.
     */
    private boolean hasTooMany(String name, SecureChannel channel, @Nullable MemberConnection on) {
        Set<Session> ofPeer = accepted.getOrDefault(name, Set.of());
        int most = config.maxSessionsPerPeer();
        if (ofPeer.size() < most) {
            return false;
        }
        boolean replaced = isReplaced(on);
        boolean onOthersToo = false;
        int together = 0;
        for (Session each : ofPeer) {
            if (isReplaced(each.on) == replaced) {
                together++;
                onOthersToo |= each.channel != channel;
            }
        }
        return ofPeer.size() >= 2 * most || together >= most && onOthersToo;
    }

    private static boolean isReplaced(@Nullable MemberConnection connection) {
        Member member = connection == null ? null : connection.member();
        return member != null && member.newest() != connection;
    }

    private boolean serves(SubstrateListener listener, InetAddress local) {
        if (listener.serves(local)) {
            return true;
        }
        long now = loop.nanoTime();
        if (now - nextExtraLook < 0) {
            return false;
        }
        nextExtraLook = now + EXTRA_LOOK_NANOS;
        links.lookAgain();
        return listener.serves(local);
    }

    private static String nameOf(SecureChannel channel) {
        return channel.peer().nodeName().toString();
    }

    private ConnectionListener accepted(MemberConnection on, Connection stream) {
        Session session = new Session(null, on.channel(), on, true);
        session.connection = stream;
        session.accept();
        return session;
    }

    /** One session, until it has ended. */
    private final class Session implements ConnectionListener {
        private final IntrusiveList.Node<Session> place;
        private final SecureChannel channel;
        /** Of which it is a stream; {@code null} if it has a connection of its own. */
        private final @Nullable MemberConnection on;

        private final boolean byPeer;
        private @Nullable ConnectionListener listener;
        private @Nullable Connection connection;
        private boolean ended;

        Session(
                @Nullable ConnectionListener listener,
                SecureChannel channel,
                @Nullable MemberConnection on,
                boolean byPeer) {
            this.listener = listener;
            this.channel = channel;
            this.on = on;
            this.byPeer = byPeer;
            this.place = sessions.add(this);
            if (byPeer) {
                acceptedSessions++;
                accepted.computeIfAbsent(nameOf(channel), name -> new LinkedHashSet<>())
                        .add(this);
            }
        }

        void accept() {
            SubstrateListener engine = listening;
            Connection accepting = connection;
            if (engine == null || accepting == null) {
                return;
            }
            loop.run(() -> {
                try {
                    listener = engine.accepted(accepting);
                } catch (Throwable failure) {
                    accepting.abort(); // nothing else would close it
                    throw failure;
                }
            });
        }

        @Override
        public void opened() {
            if (listener != null) {
                listener.opened();
            }
        }

        @Override
        public void received(byte[] bytes) {
            if (listener != null) {
                listener.received(bytes);
            }
        }

        @Override
        public void inputEnded() {
            if (listener != null) {
                listener.inputEnded();
            }
        }

        @Override
        public void closed(@Nullable Throwable failure) {
            if (ended) {
                return;
            }
            ended = true;
            place.leave();
            if (byPeer) {
                acceptedSessions--;
                accepted.computeIfPresent(
                        nameOf(channel), (name, all) -> all.remove(this) && all.isEmpty() ? null : all);
            }
            ConnectionListener notified = listener;
            if (notified != null) {
                loop.run(() -> notified.closed(failure));
            }
            closedOne();
        }
    }

    private void acceptSingle(SecureChannel channel) {
        if (!admits(channel, null)) {
            channel.abort();
            return;
        }
        register(channel);
        Session session = new Session(null, channel, null, true);
        TlsSession single = new TlsSession(loop, channel, scopedRemote(channel), config, session);
        session.connection = single;
        channel.channel().pipeline().addAfter(contextOf(channel), null, single);
        session.accept();
        channel.use();
    }

    /** What the transport reports. */
    private final class FromTransport implements TlsTransport.Events {
        @Override
        public boolean admits(InetSocketAddress peer, InetSocketAddress local) {
            return !closing && lookAtIdentity();
        }

        @Override
        public void dropped(SubstrateDrop reason, InetSocketAddress peer) {
            Members.this.dropped(reason, peer, null);
        }

        @Override
        public void acceptFailed(Throwable cause) {
            SubstrateListener listener = listening;
            if (listener != null && !closing) {
                listener.acceptFailed(cause);
            }
        }

        @Override
        public void open(SecureChannel channel) {
            if (closing || !lookAtIdentity()) {
                channel.abort();
                return;
            }
            String protocol = channel.protocol();
            if (protocol.equals(MuxWire.PROTOCOL) || protocol.equals(FramedWire.PROTOCOL)) {
                MemberConnection connection = attach(channel, new OwnerOfConnection(null));
                if (connection.member() == null) { // otherwise they were limited when it was added to that
                    limitConnections(connection);
                }
            } else {
                acceptSingle(channel);
            }
        }

        @Override
        public void failed(InetSocketAddress remote, PeerRefusedException why) {
            refused(remote, null, why.reason(), String.valueOf(why.getMessage()));
        }

        @Override
        public void failedLater(InetSocketAddress remote, PeerRefusedException why) {
            failed(remote, why);
        }
    }

    private void dropped(SubstrateDrop reason, InetSocketAddress peer, @Nullable PeerIdentity identity) {
        SubstrateListener listener = listening;
        if (listener != null && !closing) {
            loop.run(() -> listener.dropped(reason, null, peer, identity));
        }
    }

    /** A peer on a connection whose handshake is over, so that it is authenticated. */
    private void refused(SecureChannel channel, PeerRefusal reason, @Nullable String detail) {
        refused(channel.remote(), channel.peer(), reason, detail);
    }

    private void refused(
            InetSocketAddress remote, @Nullable PeerIdentity peer, PeerRefusal reason, @Nullable String detail) {
        SubstrateListener listener = listening;
        if (listener != null && !closing) {
            loop.run(() -> listener.peerRefused(reason, remote, peer, String.valueOf(detail)));
        }
    }

    /**
     * Ends the connections whose local addresses have gone from this host, with a {@link LinkLostException}.
     *
     * @param isLocal whether this host has an address
     */
    public void lost(Predicate<InetAddress> isLocal) {
        for (SecureChannel each : List.copyOf(channels)) {
            if (!isLocal.test(each.local().getAddress())) {
                each.fail(new LinkLostException("this node no longer has the address "
                        + AddressText.of(each.local().getAddress()) + " of its connection to "
                        + each.remoteText()));
            }
        }
    }

    private void identityChanged() {
        try {
            loop.execute(() -> {
                if (!closing) {
                    changedAt = loop.nanoTime();
                    lookAtIdentity();
                    lookAtCertificates();
                }
            });
        } catch (RejectedExecutionException ended) {
            // with all connections
        }
    }

    /** {@return whether the identity is good} Reports what has changed. */
    private boolean lookAtIdentity() {
        IdentityStatus now = identity.status();
        IdentityStatus before = status;
        status = now;
        if (now.equals(before)) {
            return now.good();
        }
        SubstrateListener listener = listening;
        if (listener == null || closing) {
            return now.good();
        }
        loop.run(() -> listener.identityChanged(now));
        if (before != null && before.good() != now.good()) {
            if (!now.good()) {
                abortAll(identityIsBad());
            }
            loop.run(() -> listener.securityChanged(security()));
            loop.run(() -> links.identityIs(now.good()));
        }
        return now.good();
    }

    private IOException identityIsBad() {
        return new IOException("this node's own identity cannot be used any more: "
                + identity.status().detail());
    }

    /**
     * Ends all sessions and connections at once.
     *
     * @param why the reason, which the listeners of sessions get
     */
    public void abort(IOException why) {
        abortAll(why);
    }

    private void abortAll(IOException why) {
        renewals.endAll();
        List.copyOf(routes.values()).forEach(route -> {
            route.abort(why);
        });
        List.copyOf(connections).forEach(each -> each.abort(why));
        transport.resetAll(); // handshakes too
    }

    /** The identity reports all changes, and also when a certificate of a peer expires; this is in addition to it. */
    private void recheckAfter(Duration wait) {
        recheckAt = loop.nanoTime() + wait.toNanos();
        recheck = loop.wakeAt(recheckAt, () -> {
            recheckAfter(RECHECK);
            lookAtIdentity();
            lookAtCertificates();
        });
    }

    /** Checks all after some time, unless this is done earlier anyway. */
    private void recheckWithin(Duration wait) {
        if (closing || recheck == null || wait.compareTo(RECHECK) >= 0) {
            return;
        }
        Duration sooner = wait.compareTo(MIN_RECHECK) < 0 ? MIN_RECHECK : wait.plusMillis(1);
        if (loop.nanoTime() + sooner.toNanos() - recheckAt < 0) {
            recheck.cancel();
            recheckAfter(sooner);
        }
    }

    /** Looks at those of open connections: whether they must end, or be replaced. */
    private void lookAtCertificates() {
        checkAll();
        members().forEach(renewals::look);
    }

    /** Checks the peers of all open connections, off the loop; a peer that is no longer a member loses them at once. */
    private void checkAll() {
        if (checksUnderWay > 0) {
            checkAgain = true;
            return;
        }
        channels.forEach(this::check);
    }

    private void check(SecureChannel channel) {
        checksUnderWay++;
        SecureChannel.check(identity, handshakes, loop, channel.chain(), check -> {
            if (channel.channel().isOpen()) {
                checked(channel, check);
            }
            if (--checksUnderWay == 0 && checkAgain) {
                checkAgain = false;
                checkAll();
            }
        });
    }

    private void checked(SecureChannel channel, SecureChannel.Check check) {
        PeerRefusedException refused = check.refused();
        MemberConnection connection = connectionOn(channel);
        if (refused == null) {
            Member member = connection == null ? null : connection.member();
            if (connection == null || closing) {
                return;
            }
            if (member != null && channel.isNearEnd(check.remaining())) {
                connection.nearEnd();
                renewals.look(member);
            } else {
                recheckWithin(channel.untilNearEnd(check.remaining()));
            }
            return;
        }
        List<List<X509Certificate>> others =
                refused.reason() == PeerRefusal.EXPIRED ? channel.otherChains(channels) : List.of();
        outliveOrEnd(channel, connection, refused, others.iterator());
    }

    /** The certificates of a channel have expired: what is under way goes on if others of the peer are valid. */
    private void outliveOrEnd(
            SecureChannel channel,
            @Nullable MemberConnection connection,
            PeerRefusedException refused,
            Iterator<List<X509Certificate>> others) {
        if (!others.hasNext()) {
            end(channel, refused);
            return;
        }
        List<X509Certificate> newer = others.next();
        SecureChannel.check(identity, handshakes, loop, newer, again -> {
            if (!channel.channel().isOpen()) {
                return;
            }
            if (again.refused() != null) {
                outliveOrEnd(channel, connection, refused, others);
                return;
            }
            channel.isProvedBy(newer);
            long nanos = TimeUnit.MILLISECONDS.toNanos(config.drainMillis());
            if (connection != null) {
                connection.outlive(nanos);
            } else {
                channel.outlive(nanos);
            }
        });
    }

    private @Nullable MemberConnection connectionOn(SecureChannel channel) {
        for (MemberConnection each : connections) {
            if (each.channel() == channel) {
                return each;
            }
        }
        return null;
    }

    private void end(SecureChannel channel, PeerRefusedException why) {
        refused(channel, why.reason(), why.getMessage());
        channel.refuse(why);
    }

    private void tickLater() {
        int shortest = Math.min(config.keepaliveMillis(), config.idleMillis());
        int millis = Math.max(MIN_TICK_MILLIS, Math.min(MAX_TICK_MILLIS, shortest / 2));
        tick = loop.wakeAt(loop.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis), () -> {
            tick();
            tickLater();
        });
    }

    private void tick() {
        long idle = TimeUnit.MILLISECONDS.toNanos(config.idleMillis());
        for (MemberConnection each : List.copyOf(connections)) {
            each.tick();
            Member member = each.member();
            if (member != null && each.isUnused() && each.isIdleFor(idle)) {
                each.retire();
            }
            if (member != null && hasBeenRenewed(each, member)) {
                each.retire();
            }
            if (member != null && each.leavesLink()) {
                renewals.look(member);
            }
        }
    }

    /**
     * {@return whether this node has shown an earlier certificate on a connection, and has a newer connection} Usually
     * one of the two nodes has retired it already; but if the name is another one, the peer takes this node for two.
     */
    private boolean hasBeenRenewed(MemberConnection connection, Member member) {
        MemberConnection newest = member.newest();
        X509Certificate present = identity.certificate();
        return newest != null
                && newest != connection
                && loop.nanoTime() - newest.greetedAt() >= SETTLED_NANOS
                && connection.channel().hasShownOther(present)
                && !newest.channel().hasShownOther(present);
    }

    /** What the replacement of connections needs. */
    private final class FromRenewals implements Renewals.Owner {
        @Override
        public boolean isStale(MemberConnection connection) {
            if (!connection.isUsable()) {
                return connection.leavesLink();
            }
            return connection.isNearEnd() || connection.channel().hasShownOther(identity.certificate());
        }

        @Override
        public Runnable connect(Member member, MemberConnection former, InetSocketAddress to, Runnable failed) {
            List<String> protocols = List.of(former.channel().protocol());
            return transport.dial(
                    to,
                    protocols,
                    channel -> {
                        if (closing || member.isGone() || !lookAtIdentity()) {
                            channel.abort();
                        } else {
                            attach(channel, new OwnerOfConnection(member, failed));
                        }
                    },
                    failure -> failed.run());
        }
    }

    /**
     * Closes all sessions gracefully, then all connections and ports.
     *
     * @param done called on a later turn of the loop
     */
    public void close(Runnable done) {
        if (closing) {
            closed = done;
            return;
        }
        closed = done;
        closing = true;
        closeWatch();
        cancelTimers();
        renewals.endAll();
        List.copyOf(routes.values()).forEach(Route::close);
        List.copyOf(deferred).forEach(DeferredConnection::abort);
        for (Session each : sessions.all()) {
            if (each.connection != null) {
                each.connection.close();
            }
        }
        transport.close(() -> {
            handshakes.close();
            Runnable now = closed;
            closed = () -> {};
            now.run();
        });
        loop.execute(this::closedOne);
    }

    /** Ends everything at once, after the loop has failed. */
    public void abandon() {
        closing = true;
        loop.run(handshakes::close);
        loop.run(transport::abandon);
        loop.run(this::closeWatch);
        cancelTimers();
    }

    private void cancelTimers() {
        closings.stop();
        if (tick != null) {
            tick.cancel();
        }
        if (recheck != null) {
            recheck.cancel();
        }
    }

    private void closeWatch() {
        AutoCloseable watching = watch;
        watch = null;
        if (watching != null) {
            try {
                watching.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** {@return how many places are known} */
    int places() {
        return routes.size();
    }

    /** {@return how many members, connections and sessions there are: 0 if nothing is open or waits} */
    int size() {
        return members.size() + channels.size() + connections.size() + sessions.size() + deferred.size();
    }

    /** {@return how many handshakes that peers have begun are under way; for tests} */
    int handshakesOfPeers() {
        return handshakes.underWay();
    }

    @Override
    public String toString() {
        return members.size() + " members, places " + routes.keySet() + ", " + channels.size() + " channels, "
                + connections.size() + " with link messages, " + sessions.size() + " sessions, " + deferred.size()
                + " that wait";
    }

    /** When all sessions have ended, their connections close. */
    private void closedOne() {
        if (!closing || sessions.size() > 0) {
            return;
        }
        List.copyOf(connections).forEach(MemberConnection::close);
        loop.execute(() -> {
            if (connections.isEmpty()) {
                transport.resetAll();
            }
        });
    }
}
