package io.grasp.substrate.netty.overlay;

import io.grasp.model.Locator;
import io.grasp.model.MemoryNeed;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.netty.member.MemberConfig;
import io.grasp.util.SettingChecks;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The settings of an {@link OverlaySubstrate}. Immutable: each {@code with...} returns a changed copy.
 *
 * <p>Defaults: port 7017 of every address of the host, and no neighbors except those that connect to this node.
 */
public final class OverlayConfig {
    /** GRASP_LISTEN_PORT (RFC 8990 section 2.6), over TLS as in RFC 8994 section 6.9.2. */
    public static final int DEFAULT_PORT = NettyConfig.GRASP_LISTEN_PORT;

    /** What the allocator of a loop keeps for the buffers in use at one time. */
    private static final int LOOP_BUFFERS = 4 << 20;

    private static final int MIN_MESSAGE = 2048; // GRASP_DEF_MAX_SIZE
    private static final int MAX_MESSAGE = 16 << 20;

    // Set only on a fresh copy, before it is returned.
    int port = DEFAULT_PORT;
    List<InetAddress> addresses = List.of();
    List<String> neighbors = List.of();
    List<NeighborSource> sources = List.of();
    boolean resolveNames;
    List<InetSocketAddress> nameServers = List.of();
    int nameRefreshMillis = 60_000;
    int firstRetryMillis = 1_000;
    int longestRetryMillis = 640_000;
    boolean streams = true;
    int maxNeighbors = 64;
    int maxConnections = 256;
    int maxConnectionsPerPeer = 8;
    int maxSessions = 1_024;
    int maxSessionsPerPeer = 256;
    int reservedDescriptors = NettyConfig.RESERVED_DESCRIPTORS;
    int maxHandshakes = 128;
    int maxHandshakesPerSource = 32;
    int handshakeThreads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    int maxMessageBytes = 64 << 10;
    int queueBytes = 256 << 10;
    int connectTimeoutMillis = 5_000;
    int handshakeTimeoutMillis = 10_000;
    int closeTimeoutMillis = 1_000;
    int idleMillis = 60_000;
    int renewalSpreadMillis = MemberConfig.RENEWAL_SPREAD_MILLIS;
    int drainMillis = MemberConfig.DRAIN_MILLIS;
    int keepaliveMillis = 20_000;
    int neighborWaitMillis = 2_000;
    int interfacePollMillis = 1_000;

    private OverlayConfig() {}

    private OverlayConfig(OverlayConfig original) {
        port = original.port;
        addresses = original.addresses;
        neighbors = original.neighbors;
        sources = original.sources;
        resolveNames = original.resolveNames;
        nameServers = original.nameServers;
        nameRefreshMillis = original.nameRefreshMillis;
        firstRetryMillis = original.firstRetryMillis;
        longestRetryMillis = original.longestRetryMillis;
        streams = original.streams;
        maxNeighbors = original.maxNeighbors;
        maxConnections = original.maxConnections;
        maxConnectionsPerPeer = original.maxConnectionsPerPeer;
        maxSessions = original.maxSessions;
        maxSessionsPerPeer = original.maxSessionsPerPeer;
        reservedDescriptors = original.reservedDescriptors;
        maxHandshakes = original.maxHandshakes;
        maxHandshakesPerSource = original.maxHandshakesPerSource;
        handshakeThreads = original.handshakeThreads;
        maxMessageBytes = original.maxMessageBytes;
        queueBytes = original.queueBytes;
        connectTimeoutMillis = original.connectTimeoutMillis;
        handshakeTimeoutMillis = original.handshakeTimeoutMillis;
        closeTimeoutMillis = original.closeTimeoutMillis;
        idleMillis = original.idleMillis;
        renewalSpreadMillis = original.renewalSpreadMillis;
        drainMillis = original.drainMillis;
        keepaliveMillis = original.keepaliveMillis;
        neighborWaitMillis = original.neighborWaitMillis;
        interfacePollMillis = original.interfacePollMillis;
    }

    /** {@return the default settings} */
    public static OverlayConfig defaults() {
        return new OverlayConfig();
    }

    /**
     * {@return the most memory that this substrate takes in addition to that of the engine's sessions and connections}
     */
    public MemoryNeed worstCase() {
        List<MemoryNeed.Part> parts = new ArrayList<>();
        parts.add(new MemoryNeed.Part("buffers of the loop", 0, LOOP_BUFFERS));
        parts.addAll(members().worstCase(neighbors.size() + (sources.isEmpty() ? 0 : maxNeighbors)));
        return new MemoryNeed(parts);
    }

    /**
     * {@return these settings with another port} Default: 7017.
     *
     * @param number the TCP port at which the node accepts connections, 0 for any free one
     */
    public OverlayConfig withPort(int number) {
        if (number < 0 || number > Locator.MAX_PORT) {
            throw new IllegalArgumentException("port is " + number + ", must be 0 to " + Locator.MAX_PORT);
        }
        return changed(copy -> copy.port = number);
    }

    /**
     * {@return these settings with the addresses at which the node accepts connections} Default: all of the host. Peers
     * get only these as locators of the node, unless it has none that leads to it from another host: then a neighbor
     * gets the address of the connection with it, and uses that connection.
     *
     * @param some addresses of this host; none for all
     */
    public OverlayConfig withAddresses(InetAddress... some) {
        List<InetAddress> valid = List.of(some);
        return changed(copy -> copy.addresses = valid);
    }

    /**
     * {@return these settings with these neighbors} Default: none. Names are resolved by {@code /etc/hosts} or DNS, and
     * again from time to time.
     *
     * @param some each {@code HOST} or {@code HOST:PORT}, with brackets around an IPv6 address that a port follows; the
     *     port is 7017 by default. A link-local address needs its interface, as in {@code [fe80::1%eth0]:7017}, which
     *     may appear later
     * @throws IllegalArgumentException if one of them is not of this form
     */
    public OverlayConfig withNeighbors(String... some) {
        return withNeighbors(List.of(some));
    }

    /**
     * {@return these settings with these neighbors}
     *
     * @param some as above
     * @throws IllegalArgumentException if one of them is not of the form above
     */
    public OverlayConfig withNeighbors(List<String> some) {
        List<String> valid = List.copyOf(some);
        valid.forEach(HostAndPort::parse);
        return changed(copy -> copy.neighbors = valid);
    }

    /**
     * {@return these settings with another source of neighbors, in addition to the existing ones} Default: none.
     *
     * @param source finds neighbors while the node runs; it serves one node
     */
    public OverlayConfig withNeighborSource(NeighborSource source) {
        Objects.requireNonNull(source, "source");
        return changed(copy -> {
            List<NeighborSource> all = new ArrayList<>(copy.sources);
            all.add(source);
            copy.sources = List.copyOf(all);
        });
    }

    /**
     * {@return these settings with names in locators resolved or refused} Default: refused. A session to a name leads
     * to a member of the domain in any case, but not to a certain one, and the name servers, which need not belong to
     * the domain, see the names that peers choose. Names of neighbors are always resolved.
     *
     * @param value whether sessions to names are opened, resolved by {@code /etc/hosts} and DNS
     */
    public OverlayConfig withResolveNames(boolean value) {
        return changed(copy -> copy.resolveNames = value);
    }

    /**
     * {@return these settings with these name servers} Default: those of the system.
     *
     * @param servers the addresses and ports; none for those of the system
     */
    public OverlayConfig withNameServers(List<InetSocketAddress> servers) {
        List<InetSocketAddress> valid = List.copyOf(servers);
        return changed(copy -> copy.nameServers = valid);
    }

    /**
     * {@return these settings with another time after which names of neighbors are resolved again} Default: 60 s.
     *
     * @param interval how long a neighbor's new address may go unnoticed, 1 ms to 24 days
     */
    public OverlayConfig withNameRefresh(Duration interval) {
        int valid = SettingChecks.millis("name refresh", interval);
        return changed(copy -> copy.nameRefreshMillis = valid);
    }

    /**
     * {@return these settings with other pauses before a neighbor is connected to again} Default: 1 s, doubling up to
     * 640 s, each shortened by up to a quarter at random. RFC 8994 section 6.7 begins with 10 s; so do attempts after
     * which one of the two nodes did not accept the other.
     *
     * @param first the first pause, 1 ms to 24 days
     * @param longest the longest pause, not shorter
     */
    public OverlayConfig withRetry(Duration first, Duration longest) {
        int validFirst = SettingChecks.millis("first pause", first);
        int validLongest = SettingChecks.millis("longest pause", longest);
        if (validLongest < validFirst) {
            throw new IllegalArgumentException("the longest pause is shorter than the first");
        }
        return changed(copy -> {
            copy.firstRetryMillis = validFirst;
            copy.longestRetryMillis = validLongest;
        });
    }

    /**
     * {@return these settings with or without streams} Default: with.
     *
     * @param value whether the sessions with a peer are streams in one connection, if the peer can do that; otherwise
     *     each has a TLS connection of its own
     */
    public OverlayConfig withStreams(boolean value) {
        return changed(copy -> copy.streams = value);
    }

    /**
     * {@return these settings with another maximum of neighbors} Default: 64.
     *
     * @param most how many nodes may make themselves neighbors of this one, in addition to those that this node
     *     wants; 0 or more
     */
    public OverlayConfig withMaxNeighbors(int most) {
        int valid = SettingChecks.between("maximum of neighbors", most, 0, Integer.MAX_VALUE);
        return changed(copy -> copy.maxNeighbors = valid);
    }

    /**
     * {@return these settings with other maxima of connections that peers open} Default: 256, and 8 of one peer.
     * Connections with a peer that has no streams count as sessions, and of a member's connections one that replaces
     * another is not counted. If there is one too many, one gives way that this node has opened and does not use, or
     * the oldest of the peer with the most, or one that is not used.
     *
     * @param most how many connections at one time, in addition to one for each neighbor
     * @param ofOnePeer how many with peers with one name in their certificates, whichever side has opened them
     */
    public OverlayConfig withMaxConnections(int most, int ofOnePeer) {
        int valid = SettingChecks.between("maximum of connections", most, 1, Integer.MAX_VALUE);
        int validOfOne = SettingChecks.between("maximum of connections of one peer", ofOnePeer, 1, Integer.MAX_VALUE);
        return changed(copy -> {
            copy.maxConnections = valid;
            copy.maxConnectionsPerPeer = validOfOne;
        });
    }

    /**
     * {@return these settings with another reserve of file descriptors} Default: 256. Connections that peers open leave
     * it for what the node opens itself: connections, files, and sockets that read the interfaces. A further connection
     * is reset before its handshake. The reserve is at most half of what the process can open. Only Linux tells how
     * many that is; elsewhere there is no reserve.
     *
     * @param descriptors the number of file descriptors of the process
     */
    public OverlayConfig withReservedDescriptors(int descriptors) {
        int valid = SettingChecks.between("reserve of file descriptors", descriptors, 0, Integer.MAX_VALUE);
        return changed(copy -> copy.reservedDescriptors = valid);
    }

    /**
     * {@return these settings with other maxima of sessions that peers open} Default: 1024, and 256 of one peer.
     *
     * @param most how many sessions at one time
     * @param ofOnePeer how many of peers with one name in their certificates; those on connections that have been
     *     replaced count apart, and there are at most as many again
     */
    public OverlayConfig withMaxSessions(int most, int ofOnePeer) {
        int valid = SettingChecks.between("maximum of sessions", most, 1, Integer.MAX_VALUE);
        int validOfOne = SettingChecks.between("maximum of sessions of one peer", ofOnePeer, 1, Integer.MAX_VALUE >> 2);
        return changed(copy -> {
            copy.maxSessions = valid;
            copy.maxSessionsPerPeer = validOfOne;
        });
    }

    /**
     * {@return these settings with other maxima of handshakes} Default: 128, and 32 with one source: one link-local
     * address, or elsewhere one /64 or IPv4 /24. Beyond them, a handshake that waits for its peer gives its place to a
     * new one from a source that has fewer, or from an address of the same source that has fewer; if there is none, the
     * new connection is reset at once.
     *
     * @param most how many TLS handshakes that peers have begun may be under way
     * @param withOneSource how many of them with one source
     */
    public OverlayConfig withMaxHandshakes(int most, int withOneSource) {
        int valid = SettingChecks.between("maximum of handshakes", most, 1, Integer.MAX_VALUE);
        int validOfOne =
                SettingChecks.between("maximum of handshakes with one source", withOneSource, 1, Integer.MAX_VALUE);
        return changed(copy -> {
            copy.maxHandshakes = valid;
            copy.maxHandshakesPerSource = validOfOne;
        });
    }

    /**
     * {@return these settings with another number of threads for handshakes} Default: half of the processors. They sign
     * and verify, so that the loop does not.
     *
     * @param threads how many
     */
    public OverlayConfig withHandshakeThreads(int threads) {
        int valid = SettingChecks.between("handshake threads", threads, 1, Integer.MAX_VALUE);
        return changed(copy -> copy.handshakeThreads = valid);
    }

    /**
     * {@return these settings with another maximum size of messages on links} Default: 64 KiB. It should be the same on
     * all nodes: a neighbor that sends a longer one loses its connection.
     *
     * @param bytes the longest flood, discovery or response, 2048 to 16 Mi
     */
    public OverlayConfig withMaxMessageBytes(int bytes) {
        int valid = SettingChecks.between("maximum message size", bytes, MIN_MESSAGE, MAX_MESSAGE);
        return changed(copy -> copy.maxMessageBytes = valid);
    }

    /**
     * {@return these settings with another queue for slow neighbors} Default: 256 KiB. Sessions are not affected by it.
     *
     * @param bytes what all messages that wait for one neighbor take of memory, with the objects around them; further
     *     ones are dropped and counted
     */
    public OverlayConfig withQueueBytes(int bytes) {
        int valid = SettingChecks.between("queue", bytes, 1, Integer.MAX_VALUE);
        return changed(copy -> copy.queueBytes = valid);
    }

    /**
     * {@return these settings with another connect timeout} Default: 5 s.
     *
     * @param timeout how long opening a TCP connection may take, 1 ms to 24 days
     */
    public OverlayConfig withConnectTimeout(Duration timeout) {
        int valid = SettingChecks.millis("connect timeout", timeout);
        return changed(copy -> copy.connectTimeoutMillis = valid);
    }

    /**
     * {@return these settings with another timeout of handshakes} Default: 10 s.
     *
     * @param timeout how long a TLS handshake may take, then the peer's first message, and later the peer's answer when
     *     it is asked to close the connection; 1 ms to 24 days
     */
    public OverlayConfig withHandshakeTimeout(Duration timeout) {
        int valid = SettingChecks.millis("handshake timeout", timeout);
        return changed(copy -> copy.handshakeTimeoutMillis = valid);
    }

    /**
     * {@return these settings with another close timeout} Default: 1 s.
     *
     * @param timeout how long closing a session waits for the peer, first to read what was sent and then to end its own
     *     direction; 1 ms to 24 days
     */
    public OverlayConfig withCloseTimeout(Duration timeout) {
        int valid = SettingChecks.millis("close timeout", timeout);
        return changed(copy -> copy.closeTimeoutMillis = valid);
    }

    /**
     * {@return these settings with another time for idle connections} Default: 60 s.
     *
     * @param time how long a connection that is not a link remains open without a session, 1 ms to 24 days
     */
    public OverlayConfig withIdleTime(Duration time) {
        int valid = SettingChecks.millis("idle time", time);
        return changed(copy -> copy.idleMillis = valid);
    }

    /**
     * {@return these settings with other times for the replacement of connections after a certificate was renewed}
     * Default: 3 s and 10 min.
     *
     * @param spread within which time the new connections begin, each at a time at random, so that the neighbors of a
     *     node do not all do handshakes with it at once; 0 to 24 days
     * @param drain how long sessions that are under way in the former connection may go on after the former certificate
     *     has expired; 1 ms to 24 days
     */
    public OverlayConfig withRenewal(Duration spread, Duration drain) {
        int validSpread = spread.isZero() ? 0 : SettingChecks.millis("spread of renewals", spread);
        int validDrain = SettingChecks.millis("drain", drain);
        return changed(copy -> {
            copy.renewalSpreadMillis = validSpread;
            copy.drainMillis = validDrain;
        });
    }

    /**
     * {@return these settings with another interval of signs of life} Default: 20 s.
     *
     * @param interval how long a connection may be silent before the peer is asked for a sign of life, 1 ms to 24 days;
     *     it should be the same on all nodes
     */
    public OverlayConfig withKeepalive(Duration interval) {
        int valid = SettingChecks.millis("keepalive", interval);
        return changed(copy -> copy.keepaliveMillis = valid);
    }

    /**
     * {@return these settings with another time that the start waits for neighbors} Default: 2 s.
     *
     * @param timeout how long the start waits until each configured neighbor is connected or its first attempt has
     *     failed, 0 to 24 days
     */
    public OverlayConfig withNeighborWait(Duration timeout) {
        int valid = timeout.isZero() ? 0 : SettingChecks.millis("neighbor wait", timeout);
        return changed(copy -> copy.neighborWaitMillis = valid);
    }

    /**
     * {@return these settings with another interval for polling the addresses of this host} Default: 1 s.
     *
     * @param interval how long a change of addresses, or a sleep of the machine, may go unnoticed; 1 ms to 24 days
     */
    public OverlayConfig withInterfacePoll(Duration interval) {
        int valid = SettingChecks.millis("interface poll", interval);
        return changed(copy -> copy.interfacePollMillis = valid);
    }

    MemberConfig members() {
        return new MemberConfig(
                streams,
                true,
                maxNeighbors,
                connectTimeoutMillis,
                handshakeTimeoutMillis,
                closeTimeoutMillis,
                idleMillis,
                firstRetryMillis,
                renewalSpreadMillis,
                drainMillis,
                keepaliveMillis,
                maxHandshakes,
                maxHandshakesPerSource,
                true,
                handshakeThreads,
                (int) Math.min(Integer.MAX_VALUE, (long) maxNeighbors + neighbors.size() + maxConnections),
                maxConnectionsPerPeer,
                reservedDescriptors,
                maxSessions,
                maxSessionsPerPeer,
                queueBytes,
                1 + maxMessageBytes);
    }

    private OverlayConfig changed(Consumer<OverlayConfig> change) {
        OverlayConfig copy = new OverlayConfig(this);
        change.accept(copy);
        return copy;
    }
}
