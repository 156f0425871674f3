package io.grasp.substrate.netty.acp;

import io.grasp.model.AcpNodeName;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.IdentityStatus;
import io.grasp.model.InterfaceInfo;
import io.grasp.model.Locator;
import io.grasp.model.MemoryNeed;
import io.grasp.model.PeerIdentity;
import io.grasp.model.PeerRefusal;
import io.grasp.model.Security;
import io.grasp.model.SubstrateInfo;
import io.grasp.security.NodeIdentity;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Link;
import io.grasp.substrate.LinkLostException;
import io.grasp.substrate.NodeAddress;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.netty.HostAddresses;
import io.grasp.substrate.netty.NettyLoop;
import io.grasp.substrate.netty.acp.LinkMessages.InstanceId;
import io.grasp.substrate.netty.member.MemberLinks;
import io.grasp.substrate.netty.member.Members;
import io.grasp.substrate.netty.member.SubstrateLifecycle;
import io.grasp.util.AddressText;
import io.grasp.util.PeerAddresses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * GRASP in an Autonomic Control Plane whose secure channels are interfaces of this host (RFC 8994 section 6.9.2). There
 * is no IP multicast. A message to all neighbors on an interface is sent to each of them on a plain TCP connection
 * between link-local addresses, and answers come back on that connection. Everything else is TLS between ACP addresses,
 * with the membership check of both sides.
 *
 * <p>The substrate does not build the secure channels, and does not announce this node on other interfaces (AN_ACP).
 * The interfaces and the ACP address may come and go while it runs. It is {@link Security#SECURED} while this host has
 * the ACP address, the port there is open, and the identity is good.
 */
public final class AcpSubstrate implements Substrate {
    /** The minimum time between two readings of the interfaces for connections to addresses that are not served. */
    private static final long EXTRA_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** The maximum time that a start waits for the first reports of neighbors. */
    private static final long FIRST_REPORTS_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final NettyLoop loop;
    private final SubstrateLifecycle lifecycle;
    private final AcpConfig config;
    private final NodeIdentity identity;
    private final InstanceId instance;

    /**
     * The sessions at the ACP address. If the address goes away, they are closed, and others take their place:
     *
     * <pre>
     *  ABSENT --- this host has the address ---&gt; BINDING --- the port is bound ---&gt; BOUND
     *     ^                                          |                               |
     *     '--- the address has gone, or it cannot be bound --------------------------'
     * </pre>
     */
    private Members sessions;

    /** Those at earlier addresses, which are being closed. */
    private final Set<Members> former = new LinkedHashSet<>();

    private SessionState sessionState = SessionState.ABSENT;
    private @Nullable InetAddress boundAddress;
    private int underWay;

    /** Not {@code null} once started. */
    private @Nullable AcpLinks links;

    private @Nullable HostAddresses host;
    private @Nullable IdentityStatus status;
    private @Nullable AutoCloseable identityWatch;
    private Security security = Security.NONE;
    private String addressFailure = "";
    private long nextExtraLook;

    private enum SessionState {
        ABSENT,
        BINDING,
        BOUND
    }

    private AcpSubstrate(NettyLoop loop, boolean ownsLoop, AcpConfig config, NodeIdentity identity) {
        this.loop = loop;
        this.lifecycle = new SubstrateLifecycle(loop, ownsLoop);
        this.config = config;
        this.identity = identity;
        SecureRandom random = new SecureRandom();
        this.instance = new InstanceId(random.nextLong(), random.nextLong());
        this.nextExtraLook = loop.nanoTime();
        this.sessions = new Members(loop, identity, config.members(), new MemberLinks() {
            @Override
            public void lookAgain() {
                look();
            }
        });
    }

    /**
     * Creates a substrate with its own loop, which ends when the substrate is closed. It may block, because it reads
     * files.
     *
     * @param config the settings
     * @param identity the node's identity, which the caller closes after the substrate
     * @return a substrate that has not been started
     */
    public static AcpSubstrate create(AcpConfig config, NodeIdentity identity) {
        return new AcpSubstrate(NettyLoop.create(), true, config, identity);
    }

    /**
     * Creates a substrate on the caller's loop, which the substrate does not close. It may block, because it reads
     * files.
     *
     * @param loop the loop, perhaps shared with other substrates
     * @param config the settings
     * @param identity the node's identity, which the caller closes after the substrate
     * @return a substrate that has not been started
     */
    public static AcpSubstrate on(NettyLoop loop, AcpConfig config, NodeIdentity identity) {
        return new AcpSubstrate(loop, false, config, identity);
    }

    @Override
    public NettyLoop loop() {
        return loop;
    }

    @Override
    public MemoryNeed worstCase() {
        return config.worstCase();
    }

    /**
     * {@inheritDoc}
     *
     * <p>It succeeds without any interface, and without the ACP address; both may come later. It fails if another
     * program uses the port at the ACP address.
     */
    @Override
    public void start(SubstrateListener listener, Completion started) {
        lifecycle.start(listener, started, known -> {
            identityWatch = identity.onChange(() -> lifecycle.execute(this::lookAtIdentity));
            lookAtIdentity();
            readHost();
            followAddress(() -> openLinks(known));
        });
    }

    /** The links come up when the port is known, and when sessions can be accepted, if this is possible at all. */
    private void openLinks(SubstrateListener listener) {
        if (lifecycle.isClosing() || links != null) {
            return;
        }
        links = new AcpLinks(loop, config, listener, this::serves, instance, this::linkPort, this::neighborsAreKnown);
        lifecycle.completeStartWithin(FIRST_REPORTS_NANOS);
        follow(links);
        neighborsAreKnown();
        lifecycle.poll(config.interfacePollNanos, () -> {
            lookAtIdentity();
            look();
        });
    }

    private int linkPort() {
        int bound = sessions.port();
        return bound == 0 ? config.port : bound;
    }

    private void neighborsAreKnown() {
        if (links != null && links.knowNeighbors()) {
            lifecycle.completeStart(null);
        }
    }

    private void lookAtIdentity() {
        IdentityStatus now = identity.status();
        IdentityStatus before = status;
        status = now;
        if (now.equals(before)) {
            return;
        }
        lifecycle.report(listener -> listener.identityChanged(now));
        updateSecurity();
    }

    private void updateSecurity() {
        IdentityStatus known = status;
        Security now =
                sessionState == SessionState.BOUND && known != null && known.good() ? Security.SECURED : Security.NONE;
        if (now != security) {
            security = now;
            lifecycle.report(listener -> listener.securityChanged(now));
        }
    }

    private @Nullable InetAddress acpAddress() {
        if (config.address != null) {
            return config.address;
        }
        IdentityStatus known = status;
        AcpNodeName name = known == null ? null : known.nodeName();
        return name == null ? null : name.address().orElse(null);
    }

    private boolean isPresent(InetAddress address) {
        HostAddresses known = host;
        InetAddress plain = PeerAddresses.withoutScope(address);
        return known != null
                && known.beyondLinks().stream().anyMatch(each -> each.address().equals(plain));
    }

    /**
     * Opens the port at the ACP address when this host has that address, and closes it when the address has gone.
     *
     * @param settled called when nothing is under way any more
     */
    private void followAddress(Runnable settled) {
        InetAddress wanted = acpAddress();
        InetAddress bound = boundAddress;
        if (bound != null && (!bound.equals(wanted) || !isPresent(bound))) {
            String why = whyNoLonger(bound, wanted);
            report(why);
            sessions.abort(new LinkLostException(why));
            abandonSessions();
        }
        if (sessionState != SessionState.ABSENT) {
            settled.run();
        } else if (wanted == null) {
            report("the certificate has no ACP address, and none is configured: issue one that has an address");
            settled.run();
        } else if (!isPresent(wanted)) {
            report("this host does not have the ACP address " + AddressText.of(wanted)
                    + " on an interface that is up: add it, for example with ip -6 address add "
                    + AddressText.of(wanted) + "/128 dev lo");
            settled.run();
        } else {
            bind(wanted, settled);
        }
    }

    private static String whyNoLonger(InetAddress bound, @Nullable InetAddress wanted) {
        if (bound.equals(wanted)) {
            return "this host no longer has the ACP address " + AddressText.of(bound);
        }
        return "the certificate in use now has "
                + (wanted == null ? "no ACP address" : "the ACP address " + AddressText.of(wanted)) + ", and not "
                + AddressText.of(bound) + " as before, so the sessions there have ended: "
                + (wanted == null
                        ? "issue one that has an address"
                        : "the new address has to be on this host, and in the locators that peers are configured with");
    }

    private void bind(InetAddress address, Runnable settled) {
        SubstrateListener listener = lifecycle.listener();
        if (listener == null) {
            return;
        }
        Members opening = sessions;
        boundAddress = address;
        sessionState = SessionState.BINDING;
        opening.connectFrom(address);
        opening.start(new ToEngine(listener), List.of(new InetSocketAddress(address, config.port)), failure -> {
            if (lifecycle.isClosing() || opening != sessions) {
                return;
            }
            if (failure == null) {
                sessionState = SessionState.BOUND;
                addressFailure = "";
                updateSecurity();
            } else {
                abandonSessions();
                if (lifecycle.isStarting()) {
                    lifecycle.completeStart(failure);
                    return;
                }
                report(String.valueOf(failure.getMessage()));
            }
            settled.run();
        });
    }

    private void abandonSessions() {
        Members gone = sessions;
        sessions = gone.successor();
        sessionState = SessionState.ABSENT;
        boundAddress = null;
        updateSecurity();
        former.add(gone);
        underWay++;
        gone.close(() -> {
            former.remove(gone);
            closedOne();
        });
    }

    /** Reports a failure of the ACP address, once. */
    private void report(String why) {
        if (!why.equals(addressFailure)) {
            addressFailure = why;
            lifecycle.report(listener -> listener.linkFailed("ACP address", new IOException(why)));
        }
    }

    private void look() {
        AcpLinks looking = links;
        if (lifecycle.isClosing() || looking == null) {
            return;
        }
        readHost();
        followAddress(() -> {});
        follow(looking);
    }

    private void readHost() {
        try {
            host = HostAddresses.read();
        } catch (IOException e) {
            // For example without file descriptors: keep what is known until the next poll.
        }
    }

    private static void follow(AcpLinks looking) {
        try {
            looking.update(HostInterfaces.read());
        } catch (IOException e) {
            // as above
        }
    }

    /** Whether peers are served at an address. The last poll of the interfaces does not know an address that is new. */
    private boolean serves(InetAddress local) {
        SubstrateListener asked = lifecycle.listener();
        if (asked == null) {
            return false;
        }
        if (asked.serves(local)) {
            return true;
        }
        long now = loop.nanoTime();
        if (now - nextExtraLook < 0) {
            return false;
        }
        nextExtraLook = now + EXTRA_LOOK_NANOS;
        look();
        return asked.serves(local);
    }

    /** The engine, as far as the sessions alone report to it: identity and protection are those of the whole node. */
    private record ToEngine(SubstrateListener engine) implements SubstrateListener {
        @Override
        public ConnectionListener accepted(Connection connection) {
            return engine.accepted(connection);
        }

        @Override
        public boolean serves(InetAddress local) {
            return engine.serves(local);
        }

        @Override
        public boolean makesRoom(InetSocketAddress peer, @Nullable PeerIdentity identity, SubstrateDrop reason) {
            return engine.makesRoom(peer, identity, reason);
        }

        @Override
        public void acceptFailed(Throwable cause) {
            engine.acceptFailed(cause);
        }

        @Override
        public void peerRefused(
                PeerRefusal reason, InetSocketAddress peer, @Nullable PeerIdentity identity, String detail) {
            engine.peerRefused(reason, peer, identity, detail);
        }

        @Override
        public void dropped(
                SubstrateDrop reason,
                @Nullable Link link,
                @Nullable InetSocketAddress peer,
                @Nullable PeerIdentity identity) {
            engine.dropped(reason, link, peer, identity);
        }

        @Override
        public void securityChanged(Security ofSessions) {
            // the node's own poll of the identity reports it
        }

        @Override
        public void linkUp(Link link) {
            throw new IllegalStateException("sessions have no links");
        }

        @Override
        public void linkDown(Link link) {
            throw new IllegalStateException("sessions have no links");
        }

        @Override
        public void linkFailed(String name, Throwable cause) {
            engine.linkFailed(name, cause);
        }

        @Override
        public void linkMessage(Link link, byte[] message, ReplyPath replyPath) {
            throw new IllegalStateException("sessions have no links");
        }
    }

    @Override
    public Security security() {
        return security;
    }

    /** {@inheritDoc} It is the ACP address alone, while sessions are accepted there. */
    @Override
    public List<NodeAddress> nodeAddresses() {
        InetAddress bound = boundAddress;
        return bound == null || sessionState != SessionState.BOUND
                ? List.of()
                : List.of(new NodeAddress(PeerAddresses.withoutScope(bound), 0, false, false));
    }

    @Override
    public boolean isBroadcast(InetAddress of) {
        HostAddresses known = host;
        return known != null && known.isBroadcast(of);
    }

    /** {@inheritDoc} They are those of the last poll of the interfaces. */
    @Override
    public Set<Integer> holders(InetAddress of) {
        HostAddresses known = host;
        return known == null ? Set.of() : known.holders(of);
    }

    @Override
    public int port() {
        return linkPort();
    }

    @Override
    public int maxAcceptedConnections() {
        return config.streams
                ? config.maxSessions
                : (int) Math.min(config.maxSessions, loop.descriptors().mostLeaving(config.reservedDescriptors));
    }

    @Override
    public SubstrateInfo describe() {
        return new SubstrateInfo(
                "acp",
                List.of(new SubstrateInfo.Bound(
                        "AcpConfig.maxSessions", sessions.sessionsOfPeers(), config.maxSessions)));
    }

    /** {@inheritDoc} They are those of the last poll, without the loopback interface, which has the ACP address. */
    @Override
    public List<InterfaceInfo> interfaces() {
        AcpLinks known = links;
        return known == null ? List.of() : known.describe();
    }

    /** {@return the neighbors on all interfaces, for diagnostics} Called on the loop. */
    public List<AcpNeighbor> neighbors() {
        AcpLinks known = links;
        return known == null ? List.of() : known.neighbors();
    }

    /**
     * {@inheritDoc}
     *
     * <p>Only IPv6 addresses that are valid beyond one link are accepted: RFC 8994 section 6.9.2 forbids unicast with
     * link-local addresses.
     */
    @Override
    public Connection connect(Locator locator, int linkIndex, ConnectionListener connectionListener) {
        Integer port = locator.port();
        if (!(locator instanceof Locator.Ipv6 ipv6) || port == null || port == 0) {
            return refuse(locator, connectionListener, GraspErrorCode.INVALID_LOCATOR, " is no IPv6 address and port");
        }
        InetAddress to = ipv6.address();
        if (to.isLinkLocalAddress()) {
            return refuse(
                    locator,
                    connectionListener,
                    GraspErrorCode.INVALID_LOCATOR,
                    " is link-local, and sessions in an Autonomic Control Plane are between ACP addresses");
        }
        if (sessionState != SessionState.BOUND) {
            return refuse(
                    locator,
                    connectionListener,
                    GraspErrorCode.NO_SECURITY,
                    " cannot be reached: "
                            + (addressFailure.isEmpty() ? "the ACP address is not in use" : addressFailure));
        }
        return sessions.connect(new InetSocketAddress(PeerAddresses.withoutScope(to), port), connectionListener);
    }

    private Connection refuse(Locator locator, ConnectionListener connectionListener, GraspErrorCode code, String why) {
        return sessions.refuse(
                InetSocketAddress.createUnresolved(locator.toString(), 0),
                connectionListener,
                GraspException.local(code, locator + why));
    }

    /** {@inheritDoc} Connections are closed gracefully, which may take up to twice the close timeout. */
    @Override
    public void close(Completion completion) {
        lifecycle.close(
                completion, this::closeAll, this::abandonAllSessions, this::abandonLinks, this::endIdentityWatch);
    }

    private void abandonAllSessions() {
        sessions.abandon();
        List.copyOf(former).forEach(Members::abandon);
    }

    private void abandonLinks() {
        if (links != null) {
            links.abandon();
        }
    }

    private void closeAll() {
        endIdentityWatch();
        underWay++;
        sessions.close(this::closedOne);
        if (links != null) {
            underWay++;
            links.close(this::closedOne);
        }
    }

    private void endIdentityWatch() {
        lifecycle.end(identityWatch);
        identityWatch = null;
    }

    private void closedOne() {
        underWay--;
        if (lifecycle.isClosing() && underWay == 0) {
            lifecycle.allClosed();
        }
    }
}
