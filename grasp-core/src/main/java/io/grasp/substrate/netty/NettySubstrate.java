package io.grasp.substrate.netty;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.InterfaceInfo;
import io.grasp.model.Locator;
import io.grasp.model.MemoryNeed;
import io.grasp.model.Security;
import io.grasp.model.SubstrateInfo;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.LinkLostException;
import io.grasp.substrate.Loop;
import io.grasp.substrate.NamedConnection;
import io.grasp.substrate.NodeAddress;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.netty.quads.QuadsKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * GRASP on a real network: UDP for multicasts, TCP for everything else, both over IPv6 or IPv4.
 *
 * <p>Each link has a channel that receives datagrams to the group on that interface, and one that sends to it, from the
 * port number at which TCP connections are accepted, because neighbors reply to a multicast by connecting to the
 * address and port that it came from. The kernel chooses this port, so that several nodes can share a host. They share
 * the multicast port, and each receives every multicast, including its own.
 *
 * <p>This class uses Netty without Reactor Netty. A Reactor Netty connection closes both directions when the peer ends
 * its own, and if half-closure is allowed, it does not report the end; either breaks the contract of
 * {@link Connection}.
 *
 * <p>The substrate polls the interfaces at the interval of {@link NettyConfig#withInterfacePoll} for links that have
 * appeared, disappeared or changed: created again under the same name, or with another link-local address. A
 * connection, open or being opened, fails with a {@link LinkLostException} when its local address is no longer on an
 * interface that is up.
 */
public final class NettySubstrate implements Substrate {
    /** The minimum time between two readings of the interfaces for connections to addresses that are not served. */
    private static final long EXTRA_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** The interval at which a start checks whether addresses have become usable. */
    private static final long ADDRESS_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final NettyLoop loop;
    private final boolean ownsLoop;
    private final NettyConfig config;
    private final MessageCipher cipher;
    private final ConnectionManager connections;
    private final @Nullable NettyNameResolver names;
    private final Set<NamedConnection> named = new HashSet<>();
    private final List<Completion> closers = new ArrayList<>();

    /**
     * Not {@code null} from the start on. The states of the substrate:
     *
     * <pre>
     *  NEW --- start ---&gt; STARTING --- no link waits for its address, or time is up ---&gt; STARTED
     *                        |
     *                        +--- a port or a chosen link cannot be opened ---&gt; FAILED
     *
     *  any --- close: the start fails, links and sockets close ---&gt; CLOSING
     *  CLOSING --- all connections are closed, and the own loop has ended ---&gt; CLOSED
     * </pre>
     *
     * A substrate is started once. The interfaces are polled while it is STARTING, faster, and STARTED.
     */
    private @Nullable LinkManager links;

    private final BoundPorts boundPorts;

    private @Nullable UnicastReceivers unicasts;
    private @Nullable Interfaces seen;
    private List<NodeAddress> addresses = List.of();
    private @Nullable Interfaces addressesSeen;
    private Set<Integer> addressesUsed = Set.of();
    private Loop.@Nullable Wakeup nextLook;
    private long nextExtraLook;
    private @Nullable Completion starting;
    private boolean assumeSecure;
    private @Nullable SubstrateListener listening;
    private boolean closing;
    private boolean closed;

    private NettySubstrate(NettyLoop loop, boolean ownsLoop, NettyConfig config) {
        this.loop = loop;
        this.boundPorts = new BoundPorts(Path.of("/proc/net"), System::nanoTime);
        this.ownsLoop = ownsLoop;
        this.config = config;
        this.cipher = MessageCipher.of(config.quads);
        this.assumeSecure = config.assumeSecure || config.quads != null;
        this.nextExtraLook = loop.nanoTime();
        this.connections = new ConnectionManager(loop, config, cipher, this::serves, this::undecryptable);
        this.names = config.resolveNames && !config.hasNoLinks() ? NettyNameResolver.create(loop, config) : null;
    }

    /**
     * Creates a substrate with its own loop, which ends when the substrate is closed.
     *
     * @param config the settings
     * @return a substrate that has not been started
     */
    public static NettySubstrate create(NettyConfig config) {
        return new NettySubstrate(NettyLoop.create(), true, config);
    }

    /**
     * Creates a substrate on the caller's loop, which the substrate does not close.
     *
     * @param loop the loop, perhaps shared with other substrates
     * @param config the settings
     * @return a substrate that has not been started
     */
    public static NettySubstrate on(NettyLoop loop, NettyConfig config) {
        return new NettySubstrate(loop, false, config);
    }

    @Override
    public MemoryNeed worstCase() {
        return config.worstCase();
    }

    @Override
    public NettyLoop loop() {
        return loop;
    }

    /**
     * {@inheritDoc}
     *
     * <p>A chosen link that does not exist fails the start, unless {@link NettyConfig#withAwaitLinks} is set. A link
     * that exists but cannot be used is reported as failed and comes up as soon as it can; the others are not affected.
     * If no link is chosen and none can be used, every interface is reported with the reason. The start waits for
     * addresses that are being checked for duplicates, see {@link NettyConfig#withAddressWait}.
     */
    @Override
    public void start(SubstrateListener newListener, Completion started) {
        loop.execute(() -> {
            Throwable failure = begin(newListener);
            LinkManager opening = links;
            if (failure == null && opening != null && !config.hasNoLinks()) {
                starting = started;
                awaitAddresses(opening, loop.nanoTime() + (config.awaitLinks ? 0 : config.addressWaitNanos));
            } else {
                loop.run(() -> started.done(failure));
            }
        });
    }

    /** Polls until no link waits for its address any more or the time is over; then the start ends. */
    private void awaitAddresses(LinkManager opening, long until) {
        if (closing || starting == null) {
            return; // the caller has been notified
        }
        try {
            Interfaces now = seen;
            if (now != null && until - loop.nanoTime() > 0 && opening.isAnyPending(now)) {
                nextLook = loop.wakeAt(loop.nanoTime() + ADDRESS_POLL_NANOS, () -> {
                    look(opening);
                    awaitAddresses(opening, until);
                });
                return;
            }
            if (now != null) {
                opening.started(now);
                updateUnicasts(now);
            }
        } catch (IOException e) {
            // For example without file descriptors: keep what is known until the next poll.
        }
        lookLater(opening);
        completeStart(null);
    }

    private void completeStart(@Nullable Throwable failure) {
        Completion completion = starting;
        starting = null;
        if (completion != null) {
            loop.run(() -> completion.done(failure));
        }
    }

    private @Nullable Throwable begin(SubstrateListener listener) {
        if (links != null) {
            return new IllegalStateException("the substrate has been started before");
        }
        UnicastReceivers receivers = new UnicastReceivers(loop, config, cipher, connections, listener);
        unicasts = receivers;
        LinkManager opening = new LinkManager(loop, config, cipher, connections, receivers, listener);
        links = opening;
        listening = listener;
        try {
            if (!closing) {
                Interfaces first = Interfaces.read();
                seen = first;
                if (config.hasNoLinks()) {
                    lookLater(opening);
                } else {
                    opening.open(first);
                    receivers.update(first.usable());
                }
            }
        } catch (IOException | RuntimeException e) {
            closeSockets();
            return e;
        }
        return closing ? new IOException("the substrate is closed") : null;
    }

    /** When to poll the clocks and interfaces again. */
    private void lookLater(LinkManager looking) {
        if (!closing) {
            nextLook = loop.wakeAt(loop.nanoTime() + config.interfacePollNanos, () -> {
                loop.catchUp();
                look(looking);
                lookLater(looking);
            });
        }
    }

    /**
     * Asserts that something outside protects the links, or withdraws that assertion: then sessions fail with
     * noSecurity. May be called on any thread, before and after the start; it takes effect when the loop runs it.
     *
     * @param value as in {@link NettyConfig#withAssumeSecure}, which it replaces, and the assertion by
     *     {@link NettyConfig#withQuads}
     * @throws java.util.concurrent.RejectedExecutionException if the loop has been shut down
     */
    public void assumeSecure(boolean value) {
        loop.execute(() -> {
            Security before = security();
            assumeSecure = value;
            SubstrateListener listener = listening;
            if (listener != null && !closing && security() != before) {
                listener.securityChanged(security());
            }
        });
    }

    private void updateUnicasts(Interfaces now) {
        if (unicasts != null && !config.hasNoLinks() && !closing) {
            unicasts.update(now.usable());
        }
    }

    private void look(LinkManager looking) {
        try {
            Interfaces before = seen;
            Interfaces now = Interfaces.read();
            seen = now;
            try {
                looking.update(now);
                updateUnicasts(now);
            } finally {
                Set<LocalAddress> gone = before == null ? new HashSet<>() : new HashSet<>(before.local());
                gone.removeAll(now.local());
                connections.lost(gone);
            }
        } catch (IOException e) {
            // For example without file descriptors: keep what is known until the next poll.
        }
    }

    /** Whether peers are served at an address. The last poll of the interfaces does not know an address that is new. */
    private boolean serves(InetAddress local) {
        SubstrateListener asked = listening;
        LinkManager looking = links;
        if (asked == null || looking == null || closing) {
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
        look(looking);
        return asked.serves(local);
    }

    private void undecryptable(InetSocketAddress peer) {
        SubstrateListener notified = listening;
        if (notified != null) {
            loop.run(() -> notified.dropped(SubstrateDrop.UNDECRYPTABLE, null, peer, null));
        }
    }

    private void closeSockets() {
        if (links != null) {
            links.close();
        }
        if (unicasts != null) {
            unicasts.close();
        }
    }

    @Override
    public Security security() {
        if (config.hasNoLinks()) {
            return Security.SECURED;
        }
        return assumeSecure ? Security.ASSERTED : Security.NONE;
    }

    /** {@inheritDoc} They are those of the last poll of the interfaces. */
    @Override
    public List<NodeAddress> nodeAddresses() {
        Set<Integer> used = links == null ? Set.of() : links.indexes();
        if (seen != null && (seen != addressesSeen || !used.equals(addressesUsed))) {
            try {
                addresses = seen.nodeAddresses(used);
                addressesSeen = seen;
                addressesUsed = used;
            } catch (SocketException e) {
                // For example without file descriptors: keep what is known.
            }
        }
        return addresses;
    }

    /** {@inheritDoc} It knows the IPv4 networks of all interfaces as of the last poll. */
    @Override
    public boolean isBroadcast(InetAddress address) {
        return seen != null && seen.isBroadcast(address);
    }

    /** {@inheritDoc} They are those of the last poll of the interfaces. */
    @Override
    public Set<Integer> holders(InetAddress address) {
        return seen == null ? Set.of() : seen.holders(address);
    }

    /** {@inheritDoc} Known only on Linux, which lists the multicast groups of each interface. */
    @Override
    public boolean isUsedForGrasp(int index) {
        return links == null || links.isUsedForGrasp(index);
    }

    /** {@inheritDoc} Known only on Linux, which lists the bound ports. */
    @Override
    public boolean mayBeNode(int port) {
        return boundPorts.mayBeNode(port);
    }

    @Override
    public boolean knowsBoundPorts() {
        return boundPorts.areKnown();
    }

    @Override
    public boolean hasRoomForReply() {
        return connections.hasRoomForReply();
    }

    @Override
    public boolean hasRoomForSessionInReply() {
        return connections.hasRoomForSessionInReply();
    }

    @Override
    public int maxAcceptedConnections() {
        return (int)
                Math.min(config.maxAcceptedConnections, loop.descriptors().mostLeaving(config.reservedDescriptors));
    }

    @Override
    public int port() {
        return links == null ? 0 : links.port();
    }

    @Override
    public Connection connect(Locator locator, int linkIndex, ConnectionListener connectionListener) {
        if (locator instanceof Locator.Fqdn name) {
            return connect(name, connectionListener);
        }
        InetAddress address = null;
        if (locator instanceof Locator.Ipv6 ipv6) {
            address = ipv6.address();
        } else if (locator instanceof Locator.Ipv4 ipv4) {
            address = ipv4.address();
        }
        Integer port = locator.port();
        if (address == null || port == null) {
            return refuse(locator, connectionListener, locator + " is not an IP address");
        }
        if (address.isLinkLocalAddress() && linkIndex == 0) {
            return refuse(locator, connectionListener, locator + " is link-local, but its link is not known");
        }
        if (config.hasNoLinks()) {
            return refuse(locator, connectionListener, locator + " cannot be reached: this node has no links");
        }
        InetAddress scoped = LocalAddress.scoped(address, address.isLinkLocalAddress() ? linkIndex : 0);
        return connections.connect(new InetSocketAddress(scoped, port), connectionListener);
    }

    @Override
    public boolean resolvesNames() {
        return names != null;
    }

    private Connection connect(Locator.Fqdn name, ConnectionListener connectionListener) {
        if (names == null || closing) {
            return refuse(name, connectionListener, name + " is a name, and this node does not resolve names");
        }
        InetSocketAddress unresolved = InetSocketAddress.createUnresolved(name.name(), name.port());
        NamedConnection connection = NamedConnection.open(
                loop, unresolved, names, this::isPeer, connections::connect, connectionListener, named::remove);
        named.add(connection);
        return connection;
    }

    @Override
    public SubstrateInfo describe() {
        return new SubstrateInfo(
                "netty", connections.bounds(), Optional.ofNullable(config.quads).map(QuadsKey::fingerprint));
    }

    /** {@inheritDoc} They are those of the last poll of the interfaces. */
    @Override
    public List<InterfaceInfo> interfaces() {
        try {
            return seen == null || links == null || config.hasNoLinks() ? List.of() : links.describe(seen);
        } catch (IOException e) {
            return List.of(); // for example without file descriptors: nothing is known
        }
    }

    private boolean isPeer(InetSocketAddress resolved) {
        SubstrateListener asked = listening;
        return asked != null && asked.isPeer(resolved);
    }

    private Connection refuse(Locator locator, ConnectionListener connectionListener, String why) {
        return connections.refuse(
                InetSocketAddress.createUnresolved(locator.toString(), 0),
                connectionListener,
                GraspException.local(GraspErrorCode.INVALID_LOCATOR, why));
    }

    /**
     * {@inheritDoc} Connections are closed gracefully, which may take up to twice the close timeout.
     *
     * @param completion called when nothing is open any more; if the loop belongs to this substrate, as the last action
     *     of its thread
     */
    @Override
    public void close(Completion completion) {
        if (closed) {
            completion.done(null);
            return;
        }
        closers.add(completion);
        if (loop.hasFailed()) {
            closing = true;
            completeStart(new IOException("the loop has failed"));
            loop.close(ended -> completeClose()); // it closes all channels
            return;
        }
        if (!closing) {
            closing = true;
            completeStart(new IOException("the substrate is closed"));
            if (nextLook != null) {
                nextLook.cancel();
            }
            closeSockets();
            List.copyOf(named).forEach(NamedConnection::shutDown);
            if (names != null) {
                names.close();
            }
            connections.close(() -> loop.executeAfterSelect(this::allClosed));
        }
    }

    private void allClosed() {
        if (ownsLoop) {
            loop.close(ended -> completeClose());
        } else {
            completeClose();
        }
    }

    private void completeClose() {
        if (closed) {
            return;
        }
        closed = true;
        closers.forEach(each -> loop.run(() -> each.done(null)));
        closers.clear();
    }
}
