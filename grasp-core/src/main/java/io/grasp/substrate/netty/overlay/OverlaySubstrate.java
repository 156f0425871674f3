package io.grasp.substrate.netty.overlay;

import io.grasp.model.AcpNodeName;
import io.grasp.model.AddressInfo;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.InterfaceInfo;
import io.grasp.model.LinkWarning;
import io.grasp.model.Locator;
import io.grasp.model.MemoryNeed;
import io.grasp.model.PeerRefusal;
import io.grasp.model.Security;
import io.grasp.model.SubstrateInfo;
import io.grasp.security.NodeIdentity;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.NamedConnection;
import io.grasp.substrate.NodeAddress;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.netty.HostAddresses;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.netty.NettyLoop;
import io.grasp.substrate.netty.NettyNameResolver;
import io.grasp.substrate.netty.member.Member;
import io.grasp.substrate.netty.member.MemberLinks;
import io.grasp.substrate.netty.member.Members;
import io.grasp.substrate.netty.member.SubstrateLifecycle;
import io.grasp.util.AddressText;
import io.grasp.util.PeerAddresses;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * GRASP over TLS connections between members of a domain, without multicast and without any other protection. Each
 * neighbor is a link. Discovery, floods and sessions all run through TLS, at one TCP port.
 *
 * <p>The node is secured while its identity is good. While it is not, nothing is accepted or opened.
 */
public final class OverlaySubstrate implements Substrate {
    /** Above the indexes of interfaces, so that the two cannot be taken for each other. */
    private static final int FIRST_INDEX = 1 << 20;

    private final NettyLoop loop;
    private final SubstrateLifecycle lifecycle;
    private final OverlayConfig config;
    private final Members members;
    private final @Nullable NettyNameResolver names;
    private final RandomGenerator jitter = new SplittableRandom();
    private final Map<Member, OverlayLink> links = new LinkedHashMap<>();
    private final LinkShares shares = new LinkShares();
    private final List<Neighbor> configured = new ArrayList<>();
    private final FoundNeighbors<Neighbor> found;
    private final Set<NamedConnection> named = new HashSet<>();
    private final NeighborSearches searches;
    private int nextIndex = FIRST_INDEX;
    private @Nullable HostAddresses host;
    private final Set<Neighbor> untried = new LinkedHashSet<>();
    private volatile boolean secured;

    private OverlaySubstrate(NettyLoop loop, boolean ownsLoop, OverlayConfig config, NodeIdentity identity) {
        this.loop = loop;
        this.lifecycle = new SubstrateLifecycle(loop, ownsLoop);
        this.config = config;
        this.searches = new NeighborSearches(loop);
        this.members = new Members(loop, identity, config.members(), new Links());
        this.found = new FoundNeighbors<>(
                loop,
                config.maxNeighbors,
                TimeUnit.MILLISECONDS.toNanos(config.firstRetryMillis) * 3 / 4, // what the first pause takes at least
                this::neighbor,
                this::notTried);
        boolean anyName = config.neighbors.stream()
                .anyMatch(each -> !HostAndPort.parse(each).isAddress());
        this.names = anyName || config.resolveNames
                ? NettyNameResolver.create(
                        loop,
                        NettyConfig.defaults().withNameServers(config.nameServers.toArray(InetSocketAddress[]::new)))
                : null;
    }

    /**
     * Creates a substrate with its own loop, which ends when the substrate is closed. It may block, because it reads
     * files.
     *
     * @param config the settings
     * @param identity the node's identity, which the caller closes after the substrate
     * @return a substrate that has not been started
     */
    public static OverlaySubstrate create(OverlayConfig config, NodeIdentity identity) {
        return new OverlaySubstrate(NettyLoop.create(), true, config, identity);
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
    public static OverlaySubstrate on(NettyLoop loop, OverlayConfig config, NodeIdentity identity) {
        return new OverlaySubstrate(loop, false, config, identity);
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
     * <p>It fails if the port cannot be bound. It waits until configured neighbors are connected, see
     * {@link OverlayConfig#withNeighborWait}; the links of others come up later.
     */
    @Override
    public void start(SubstrateListener listener, Completion started) {
        lifecycle.start(listener, started, known -> {
            look();
            members.start(known, bindAddresses(), failure -> {
                if (failure != null) {
                    lifecycle.completeStart(failure);
                } else if (!lifecycle.isClosing()) {
                    lifecycle.poll(TimeUnit.MILLISECONDS.toNanos(config.interfacePollMillis), this::look);
                    findNeighbors();
                }
            });
        });
    }

    private List<InetSocketAddress> bindAddresses() {
        if (config.addresses.isEmpty()) {
            String any = HostAddresses.isIpv6Available() ? "::" : "0.0.0.0";
            return List.of(new InetSocketAddress(PeerAddresses.literal(any), config.port));
        }
        return config.addresses.stream()
                .map(each -> new InetSocketAddress(each, config.port))
                .toList();
    }

    private void findNeighbors() {
        for (String each : config.neighbors) {
            configured.add(neighbor(HostAndPort.parse(each)));
        }
        untried.addAll(configured);
        if (security().permitsGrasp() && config.neighborWaitMillis > 0 && !untried.isEmpty()) {
            lifecycle.completeStartWithin(TimeUnit.MILLISECONDS.toNanos(config.neighborWaitMillis));
        } else {
            untried.clear();
            lifecycle.completeStart(null);
        }
        configured.forEach(Neighbor::begin);
        secured = security().permitsGrasp();
        config.sources.forEach(source -> searches.start(source, new FromSource(port())));
    }

    private Neighbor neighbor(HostAndPort place) {
        NamedConnection.NameResolver ofNeighbors = names == null ? null : names.withAllAddresses();
        return new Neighbor(loop, config, members, ofNeighbors, jitter, new FromNeighbors(), place);
    }

    /** Receives the neighbors that a source finds, on any thread. */
    private final class FromSource implements NeighborSource.Neighbors {
        private final int port;

        FromSource(int port) {
            this.port = port;
        }

        @Override
        public OptionalInt portAt(InetAddress own) {
            return secured && isAccepting(own) ? OptionalInt.of(port) : OptionalInt.empty();
        }

        @Override
        public void found(InetSocketAddress neighbor, Duration valid) {
            if (neighbor.isUnresolved()) {
                throw new IllegalArgumentException(neighbor + " has no IP address");
            }
            lifecycle.execute(() -> found.found(neighbor, valid));
        }

        @Override
        public void lost(InetSocketAddress neighbor) {
            lifecycle.execute(() -> found.lost(neighbor));
        }

        @Override
        public void failed(String search, Throwable cause) {
            lifecycle.execute(() -> lifecycle.report(listener -> listener.linkFailed(search, cause)));
        }
    }

    private void notTried(InetSocketAddress neighbor, String detail) {
        lifecycle.report(listener -> listener.peerRefused(PeerRefusal.TOO_MANY_NEIGHBORS, neighbor, null, detail));
    }

    Members members() {
        return members;
    }

    private List<Neighbor> neighbors() {
        List<Neighbor> all = new ArrayList<>(configured);
        all.addAll(found.all());
        return all;
    }

    private final class FromNeighbors implements Neighbor.Events {
        @Override
        public void tried(Neighbor neighbor) {
            if (untried.remove(neighbor) && untried.isEmpty()) {
                lifecycle.completeStart(null);
            }
        }

        @Override
        public void failed(Neighbor neighbor, Throwable cause) {
            lifecycle.report(listener -> listener.linkFailed(neighbor.name(), cause));
        }

        @Override
        public boolean isOnlyOne(Neighbor neighbor, Member member) {
            return neighbors().stream().noneMatch(each -> each != neighbor && each.uses(member));
        }
    }

    /** Receives what happens on links. */
    private final class Links implements MemberLinks {
        @Override
        public void up(Member member) {
            if (lifecycle.listener() == null) {
                return;
            }
            int index = nextIndex++;
            int share = shares.begin(member.identity().nodeName(), index);
            OverlayLink link = new OverlayLink(name(member), index, share, member, config.maxMessageBytes);
            links.put(member, link);
            lifecycle.report(listener -> listener.linkUp(link));
            neighbors().forEach(each -> each.linkUp(member));
        }

        @Override
        public void down(Member member) {
            OverlayLink link = links.remove(member);
            if (link != null) {
                shares.end(member.identity().nodeName());
                lifecycle.report(listener -> listener.linkDown(link));
            }
            neighbors().forEach(each -> each.linkDown(member));
        }

        @Override
        public void left(Member member, InetSocketAddress place) {
            neighbors().forEach(each -> each.left(member, place));
        }

        @Override
        public boolean isSought(Member member) {
            return neighbors().stream().anyMatch(each -> each.seeks(member));
        }

        @Override
        public void message(Member member, byte[] message) {
            OverlayLink link = links.get(member);
            if (link != null) {
                lifecycle.report(listener -> listener.linkMessage(link, message, link.replyPath()));
            }
        }

        @Override
        public int indexOf(AcpNodeName peer, InetAddress address) {
            return links.values().stream()
                    .filter(each -> each.member().identity().nodeName().equals(peer)
                            && each.member().isOn(address))
                    .mapToInt(OverlayLink::index)
                    .findFirst()
                    .orElse(0);
        }

        @Override
        public void sameName(Member one, @Nullable Member other) {
            String detail = "two nodes have certificates with the name "
                    + one.identity().nodeName() + ": one at "
                    + AddressText.onThisHost(one.remote()) + ", and "
                    + (other == null ? "this node" : "one at " + AddressText.onThisHost(other.remote()))
                    + "; issue a certificate with a name of its own for each node, and revoke one that was copied";
            lifecycle.report(listener -> listener.linkWarning(name(one), LinkWarning.SAME_NAME, detail));
        }

        @Override
        public void identityIs(boolean good) {
            secured = good;
            neighbors().forEach(each -> each.identityIs(good));
        }

        @Override
        public void lookAgain() {
            look();
        }
    }

    private String name(Member member) {
        String name = "peer:" + member.identity().nodeName();
        Set<String> used = new TreeSet<>();
        links.forEach((each, link) -> {
            if (each != member) {
                used.add(link.name());
            }
        });
        String unique = name;
        for (int i = 2; used.contains(unique); i++) {
            unique = name + "#" + i;
        }
        return unique;
    }

    private void look() {
        try {
            HostAddresses now = HostAddresses.read();
            host = now;
            members.lost(now::isLocal);
        } catch (IOException e) {
            // For example without file descriptors: keep what is known until the next poll.
        }
    }

    @Override
    public Security security() {
        return members.security();
    }

    /**
     * {@inheritDoc} They are those at which the node accepts connections, and no others: first, for each link, the
     * address of the newest connection with the neighbor, if it is one of them and the host still has it.
     */
    @Override
    public List<NodeAddress> nodeAddresses() {
        List<NodeAddress> all = new ArrayList<>();
        for (OverlayLink link : links.values()) {
            InetAddress local = link.linkLocalAddress();
            if (!local.isLinkLocalAddress() && !local.isLoopbackAddress() && isAccepting(local) && isOfHost(local)) {
                all.add(new NodeAddress(local, link.index(), false, false));
            }
        }
        HostAddresses known = host;
        if (known != null) {
            known.beyondLinks().stream()
                    .filter(each -> isAnyAccepting(each.address()))
                    .forEach(all::add);
        }
        for (InetAddress each : config.addresses) {
            if (!each.isLinkLocalAddress() && !each.isLoopbackAddress() && !each.isAnyLocalAddress()) {
                all.add(new NodeAddress(PeerAddresses.withoutScope(each), 0, false, false));
            }
        }
        return all;
    }

    /** {@return whether this host has an address, as far as is known} */
    private boolean isOfHost(InetAddress address) {
        HostAddresses known = host;
        return known == null || known.isLocal(address);
    }

    /** {@return whether the node accepts connections at an address of this host} */
    private boolean isAccepting(InetAddress address) {
        return isAnyAccepting(address)
                || config.addresses.stream()
                        .anyMatch(each -> PeerAddresses.withoutScope(each).equals(address));
    }

    /** {@return whether it does so at all addresses of that version} */
    private boolean isAnyAccepting(InetAddress address) {
        return config.addresses.isEmpty()
                || config.addresses.stream()
                        .anyMatch(each -> each.isAnyLocalAddress()
                                && (each instanceof Inet6Address || address instanceof Inet4Address));
    }

    @Override
    public boolean isBroadcast(InetAddress address) {
        HostAddresses known = host;
        return known != null && known.isBroadcast(address);
    }

    @Override
    public Set<Integer> holders(InetAddress address) {
        HostAddresses known = host;
        return known == null ? Set.of() : known.holders(address);
    }

    @Override
    public SubstrateInfo describe() {
        return new SubstrateInfo(
                "overlay",
                List.of(
                        new SubstrateInfo.Bound(
                                "OverlayConfig.maxNeighbors", found.all().size(), config.maxNeighbors),
                        new SubstrateInfo.Bound(
                                "OverlayConfig.maxSessions", members.sessionsOfPeers(), config.maxSessions)));
    }

    /** {@inheritDoc} They are the links, and the neighbors that this node wants and is not connected with. */
    @Override
    public List<InterfaceInfo> interfaces() {
        List<InterfaceInfo> all = new ArrayList<>();
        for (OverlayLink link : links.values()) {
            Member member = link.member();
            InetAddress local = PeerAddresses.withoutScope(member.local().getAddress());
            all.add(new InterfaceInfo(
                    link.name(),
                    link.index(),
                    InterfaceInfo.State.UP,
                    "TLS with " + member.identity().nodeName() + " at " + AddressText.of(member.remote()),
                    List.of(new AddressInfo(local, local.getAddress().length * Byte.SIZE, AddressInfo.Use.LINK))));
        }
        for (Neighbor each : neighbors()) {
            if (each.member() == null) {
                all.add(each.describe());
            }
        }
        return all;
    }

    @Override
    public int port() {
        return members.port();
    }

    @Override
    public int maxAcceptedConnections() {
        return config.streams
                ? config.maxSessions
                : (int) Math.min(config.maxSessions, loop.descriptors().mostLeaving(config.reservedDescriptors));
    }

    @Override
    public boolean resolvesNames() {
        return config.resolveNames;
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
        if (address == null || port == null || port == 0) {
            return refuse(locator, connectionListener, locator + " is not an IP address and a port");
        }
        boolean scoped = address.isLinkLocalAddress() && !(address instanceof Inet4Address);
        if (!scoped) {
            return members.connect(
                    new InetSocketAddress(PeerAddresses.withoutScope(address), port), connectionListener);
        }
        for (OverlayLink link : links.values()) {
            if (link.index() == linkIndex && link.hasNeighbor(address)) {
                InetSocketAddress remote = new InetSocketAddress(link.onLink(address), port);
                return members.connect(link.member(), remote, connectionListener);
            }
        }
        return refuse(locator, connectionListener, locator + " is link-local, but no neighbor has it");
    }

    private Connection connect(Locator.Fqdn name, ConnectionListener connectionListener) {
        if (names == null || !config.resolveNames || lifecycle.isClosing()) {
            return refuse(name, connectionListener, name + " is a name, and this node does not resolve names");
        }
        InetSocketAddress unresolved = InetSocketAddress.createUnresolved(name.name(), name.port());
        NamedConnection connection = NamedConnection.open(
                loop, unresolved, names, this::isPeer, members::connect, connectionListener, named::remove);
        named.add(connection);
        return connection;
    }

    private boolean isPeer(InetSocketAddress resolved) {
        SubstrateListener asked = lifecycle.listener();
        return asked != null && asked.isPeer(resolved);
    }

    private Connection refuse(Locator locator, ConnectionListener connectionListener, String why) {
        return members.refuse(
                InetSocketAddress.createUnresolved(locator.toString(), 0),
                connectionListener,
                GraspException.local(GraspErrorCode.INVALID_LOCATOR, why));
    }

    /** {@inheritDoc} Sessions are closed gracefully, which may take up to twice the close timeout. */
    @Override
    public void close(Completion completion) {
        lifecycle.close(completion, this::closeAll, members::abandon, this::endAttempts, searches::end);
    }

    private void closeAll() {
        List.copyOf(named).forEach(NamedConnection::shutDown);
        endAttempts();
        int[] open = {2}; // the searches and the members
        Runnable closed = () -> {
            if (--open[0] == 0) {
                lifecycle.allClosed();
            }
        };
        searches.end(TimeUnit.MILLISECONDS.toNanos(config.closeTimeoutMillis), closed);
        members.close(closed);
    }

    private void endAttempts() {
        configured.forEach(Neighbor::close);
        found.close();
        if (names != null) {
            names.close();
        }
    }
}
