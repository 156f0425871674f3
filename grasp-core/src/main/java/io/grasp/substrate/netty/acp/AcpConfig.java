package io.grasp.substrate.netty.acp;

import io.grasp.cbor.CborLimits;
import io.grasp.model.Locator;
import io.grasp.model.MemoryNeed;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.netty.member.MemberConfig;
import io.grasp.util.SettingChecks;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an {@link AcpSubstrate}. Immutable: each {@code with...} returns a changed copy.
 *
 * <p>Defaults: the address in the certificate, port 7017, and the neighbors in the kernel's table.
 */
public final class AcpConfig {
    /** GRASP_LISTEN_PORT (RFC 8990 section 2.6, RFC 8994 section 6.9.2). */
    public static final int GRASP_LISTEN_PORT = 7017;

    /** What the allocator of a loop keeps for the buffers in use at one time. */
    private static final long LOOP_BYTES = 4L << 20;

    /** What the objects of one connection with a neighbor take. */
    private static final long CONNECTION_BYTES = 8L << 10;

    private static final char ANY_SUFFIX = '*';

    Set<String> interfaces;

    @Nullable
    InetAddress address;

    int port = GRASP_LISTEN_PORT;
    List<NeighborSource> sources = List.of(NeighborSource.kernel());
    int maxNeighbors = 64;
    int maxMessageBytes = 64 << 10;
    int queueBytes = 256 << 10;
    int connectTimeoutMillis = 5_000;
    int closeTimeoutMillis = 1_000;
    int renewalSpreadMillis = MemberConfig.RENEWAL_SPREAD_MILLIS;
    int drainMillis = MemberConfig.DRAIN_MILLIS;
    long keepaliveNanos = TimeUnit.SECONDS.toNanos(30);
    long firstRetryNanos = TimeUnit.SECONDS.toNanos(10);
    long lastRetryNanos = TimeUnit.SECONDS.toNanos(640);
    long interfacePollNanos = TimeUnit.SECONDS.toNanos(1);
    boolean streams = true;
    int handshakeTimeoutMillis = 10_000;
    int maxSessions = 1_024;
    int reservedDescriptors = NettyConfig.RESERVED_DESCRIPTORS;
    int maxHandshakes = 128;
    int maxHandshakesPerAddress = 16;

    private AcpConfig(Set<String> interfaces) {
        this.interfaces = interfaces;
    }

    private AcpConfig(AcpConfig original) {
        interfaces = original.interfaces;
        address = original.address;
        port = original.port;
        sources = original.sources;
        maxNeighbors = original.maxNeighbors;
        maxMessageBytes = original.maxMessageBytes;
        queueBytes = original.queueBytes;
        connectTimeoutMillis = original.connectTimeoutMillis;
        closeTimeoutMillis = original.closeTimeoutMillis;
        renewalSpreadMillis = original.renewalSpreadMillis;
        drainMillis = original.drainMillis;
        keepaliveNanos = original.keepaliveNanos;
        firstRetryNanos = original.firstRetryNanos;
        lastRetryNanos = original.lastRetryNanos;
        interfacePollNanos = original.interfacePollNanos;
        streams = original.streams;
        handshakeTimeoutMillis = original.handshakeTimeoutMillis;
        maxSessions = original.maxSessions;
        reservedDescriptors = original.reservedDescriptors;
        maxHandshakes = original.maxHandshakes;
        maxHandshakesPerAddress = original.maxHandshakesPerAddress;
    }

    /**
     * {@return the settings for the interfaces of an Autonomic Control Plane} Each one that is up, and has a link-local
     * IPv6 address, is a link; they may come and go while the node runs. They MUST be the ends of secure channels, such
     * as IPsec, because connections to neighbors are not encrypted.
     *
     * @param interfaces their names, such as {@code wg0}; {@code acp*} stands for all names that begin with {@code acp}
     */
    public static AcpConfig on(String... interfaces) {
        return new AcpConfig(names(List.of(interfaces)));
    }

    /**
     * {@return these settings for other interfaces} See {@link #on}.
     *
     * @param names their names
     */
    public AcpConfig withInterfaces(String... names) {
        Set<String> valid = names(List.of(names));
        return changed(copy -> copy.interfaces = valid);
    }

    private static Set<String> names(Collection<String> given) {
        for (String name : given) {
            int any = name.indexOf(ANY_SUFFIX);
            if (name.isBlank() || any >= 0 && any < name.length() - 1 || name.equals("*")) {
                throw new IllegalArgumentException("\"" + name
                        + "\" is neither a name of an interface nor the beginning of one before a single *");
            }
        }
        return Set.copyOf(new LinkedHashSet<>(given));
    }

    /**
     * {@return whether an interface is one of the Autonomic Control Plane}
     *
     * @param interfaceName its name
     */
    public boolean includes(String interfaceName) {
        return interfaces.stream()
                .anyMatch(each -> each.endsWith("*")
                        ? interfaceName.startsWith(each.substring(0, each.length() - 1))
                        : interfaceName.equals(each));
    }

    /** {@return the names that are not among some; a beginning of names may mean none} */
    List<String> missing(Collection<String> interfaceNames) {
        return interfaces.stream()
                .filter(each -> !each.endsWith("*") && !interfaceNames.contains(each))
                .sorted()
                .toList();
    }

    /**
     * {@return these settings with another ACP address} Default: the address in the certificate. Sessions come to this
     * address and leave from it. While this host does not have it, the node has no security, and so no sessions.
     *
     * @param acpAddress an IPv6 address that is valid beyond one link
     */
    public AcpConfig withAddress(InetAddress acpAddress) {
        if (!(acpAddress instanceof Inet6Address)
                || acpAddress.isLinkLocalAddress()
                || acpAddress.isMulticastAddress()
                || acpAddress.isAnyLocalAddress()
                || acpAddress.isLoopbackAddress()) {
            throw new IllegalArgumentException("the ACP address must be an IPv6 address that is valid beyond one link");
        }
        return changed(copy -> copy.address = acpAddress);
    }

    /**
     * {@return these settings with another port} Default: 7017, which RFC 8994 requires. It is used at the ACP address,
     * for TLS, and at the link-local address of each interface, for plain TCP. Nodes with another port, for example in
     * a test, meet only if their {@link NeighborSource} reports it.
     *
     * @param number 0 to 65535; 0 for any free one
     */
    public AcpConfig withPort(int number) {
        if (number < 0 || number > Locator.MAX_PORT) {
            throw new IllegalArgumentException("port is " + number + ", must be 0 to " + Locator.MAX_PORT);
        }
        return changed(copy -> copy.port = number);
    }

    /**
     * {@return these settings with other sources of neighbors} Default: {@link NeighborSource#kernel()}.
     *
     * @param neighborSources the sources; a node has the neighbors of all of them, and those that connect to it. With
     *     none, it has only the latter
     */
    public AcpConfig withNeighborSources(NeighborSource... neighborSources) {
        List<NeighborSource> valid = List.of(neighborSources);
        return changed(copy -> copy.sources = valid);
    }

    /**
     * {@return these settings with another maximum of neighbors} Default: 64.
     *
     * @param neighbors the maximum number, for each interface, of neighbors that this node connects to, and of
     *     connections that it accepts
     */
    public AcpConfig withMaxNeighbors(int neighbors) {
        int valid = SettingChecks.between("maximum of neighbors", neighbors, 1, Integer.MAX_VALUE);
        return changed(copy -> copy.maxNeighbors = valid);
    }

    /**
     * {@return these settings with another maximum size of a message from a neighbor} Default: 64 KiB. A longer one is
     * counted as a drop, and its connection is closed. The engine's own maximum may be lower.
     *
     * @param bytes the size; at least GRASP_DEF_MAX_SIZE (2048 bytes, RFC 8990 section 2.6)
     */
    public AcpConfig withMaxMessageBytes(int bytes) {
        int valid =
                SettingChecks.between("maximum of a message", bytes, CborLimits.DEFAULT.maxBytes(), Integer.MAX_VALUE);
        return changed(copy -> copy.maxMessageBytes = valid);
    }

    /**
     * {@return these settings with another size of the queues} Default: 256 KiB.
     *
     * @param bytes what all messages that wait for one neighbor may take of memory, with the objects around them, at
     *     least 2048; a further message to that neighbor is dropped and counted
     */
    public AcpConfig withQueueBytes(int bytes) {
        int valid = SettingChecks.between("queue", bytes, CborLimits.DEFAULT.maxBytes(), Integer.MAX_VALUE);
        return changed(copy -> copy.queueBytes = valid);
    }

    /**
     * {@return these settings with another connect timeout} Default: 5 s.
     *
     * @param timeout the maximum time for opening a connection, 1 ms to 24 days
     */
    public AcpConfig withConnectTimeout(Duration timeout) {
        int valid = SettingChecks.millis("connect timeout", timeout);
        return changed(copy -> copy.connectTimeoutMillis = valid);
    }

    /**
     * {@return these settings with another close timeout} Default: 1 s.
     *
     * @param timeout the maximum time that closing a connection waits for the peer, 1 ms to 24 days
     */
    public AcpConfig withCloseTimeout(Duration timeout) {
        int valid = SettingChecks.millis("close timeout", timeout);
        return changed(copy -> copy.closeTimeoutMillis = valid);
    }

    /**
     * {@return these settings with other times for the replacement of the TLS connections of sessions after a
     * certificate was renewed} Default: 3 s and 10 min.
     *
     * @param spread within which time the new connections begin, each at a time at random; 0 to 24 days
     * @param drain how long sessions that are under way in the former connection may go on after the former certificate
     *     has expired; 1 ms to 24 days
     */
    public AcpConfig withRenewal(Duration spread, Duration drain) {
        int validSpread = spread.isZero() ? 0 : SettingChecks.millis("spread of renewals", spread);
        int validDrain = SettingChecks.millis("drain", drain);
        return changed(copy -> {
            copy.renewalSpreadMillis = validSpread;
            copy.drainMillis = validDrain;
        });
    }

    /**
     * {@return these settings with another interval of keepalives} Default: 30 s. If nothing is sent to a neighbor for
     * this time, which is checked twice in each interval, an M_NOOP is sent. A connection ends after three intervals in
     * which the neighbor has accepted none of what waits for it. It also ends after three of the neighbor's own
     * intervals, which its hello names, in which the neighbor has sent nothing. TCP's keepalives, at the same interval
     * where the system allows it, find the neighbors without a hello that have gone.
     *
     * @param interval 1 ms to 24 days
     */
    public AcpConfig withKeepalive(Duration interval) {
        long valid = TimeUnit.MILLISECONDS.toNanos(SettingChecks.millis("keepalive", interval));
        return changed(copy -> copy.keepaliveNanos = valid);
    }

    /**
     * {@return these settings with other intervals between attempts to connect to a neighbor} Default: 10 s, doubling
     * to 640 s (RFC 8994 section 6.7). Connections from the neighbor that fail do not change the interval.
     *
     * @param first the interval after the first failure, and after a connection that lasted at least as long; 1 ms to
     *     24 days
     * @param last the longest interval, at least {@code first}
     */
    public AcpConfig withRetry(Duration first, Duration last) {
        long validFirst = TimeUnit.MILLISECONDS.toNanos(SettingChecks.millis("first retry", first));
        long validLast = TimeUnit.MILLISECONDS.toNanos(SettingChecks.millis("last retry", last));
        if (validLast < validFirst) {
            throw new IllegalArgumentException("last retry is " + last + ", must be at least " + first);
        }
        return changed(copy -> {
            copy.firstRetryNanos = validFirst;
            copy.lastRetryNanos = validLast;
        });
    }

    /**
     * {@return these settings with another interval for polling the interfaces} Default: 1 s.
     *
     * @param interval how long a change of interfaces and addresses may go unnoticed, 1 ms to 24 days
     */
    public AcpConfig withInterfacePoll(Duration interval) {
        long valid = TimeUnit.MILLISECONDS.toNanos(SettingChecks.millis("interface poll", interval));
        return changed(copy -> copy.interfacePollNanos = valid);
    }

    /**
     * {@return these settings with or without streams} Default: with streams.
     *
     * @param value whether the sessions with a node share one TLS connection, if that node can do that too; otherwise
     *     each session has a connection, as RFC 8994 describes it
     */
    public AcpConfig withStreams(boolean value) {
        return changed(copy -> copy.streams = value);
    }

    /**
     * {@return these settings with another maximum time of a TLS handshake} Default: 10 s.
     *
     * @param timeout 1 ms to 24 days
     */
    public AcpConfig withHandshakeTimeout(Duration timeout) {
        int valid = SettingChecks.millis("handshake timeout", timeout);
        return changed(copy -> copy.handshakeTimeoutMillis = valid);
    }

    /**
     * {@return these settings with other maxima of TLS handshakes that peers have begun} Default: 128, and 16 with one
     * address. Beyond them, a handshake that waits for its peer gives its place to a new one from an address that has
     * fewer; if there is none, the new connection is reset.
     *
     * @param all the maximum number at one time
     * @param perAddress the maximum number with one address
     */
    public AcpConfig withMaxHandshakes(int all, int perAddress) {
        int validAll = SettingChecks.between("maximum of handshakes", all, 1, Integer.MAX_VALUE);
        int valid = SettingChecks.between("maximum of handshakes with one address", perAddress, 1, Integer.MAX_VALUE);
        return changed(copy -> {
            copy.maxHandshakes = validAll;
            copy.maxHandshakesPerAddress = valid;
        });
    }

    /**
     * {@return these settings with another maximum of sessions that peers have opened} Default: 1024.
     *
     * @param sessions the maximum number at one time
     */
    public AcpConfig withMaxSessions(int sessions) {
        int valid = SettingChecks.between("maximum of sessions", sessions, 1, Integer.MAX_VALUE);
        return changed(copy -> copy.maxSessions = valid);
    }

    /**
     * {@return these settings with another reserve of file descriptors} Default: 256. Connections that peers open leave
     * it for what the node opens itself: connections, files, and sockets that read the interfaces. A further connection
     * is reset at once, also one of a neighbor. The reserve is at most half of what the process can open. Only Linux
     * tells how many that is; elsewhere there is no reserve.
     *
     * @param descriptors the number of file descriptors of the process
     */
    public AcpConfig withReservedDescriptors(int descriptors) {
        int valid = SettingChecks.between("reserve of file descriptors", descriptors, 0, Integer.MAX_VALUE);
        return changed(copy -> copy.reservedDescriptors = valid);
    }

    /** {@return the settings of the sessions} */
    MemberConfig members() {
        MemberConfig usual = MemberConfig.ofSessions();
        return new MemberConfig(
                streams,
                false,
                0,
                connectTimeoutMillis,
                handshakeTimeoutMillis,
                closeTimeoutMillis,
                usual.idleMillis(),
                usual.firstProbeMillis(),
                renewalSpreadMillis,
                drainMillis,
                usual.keepaliveMillis(),
                maxHandshakes,
                maxHandshakesPerAddress,
                false,
                usual.handshakeThreads(),
                Math.min(maxSessions, usual.maxConnections()),
                usual.maxConnectionsPerPeer(),
                reservedDescriptors,
                maxSessions,
                Math.min(maxSessions, usual.maxSessionsPerPeer()),
                usual.queueBytes(),
                usual.maxMessageBytes());
    }

    /**
     * {@return the most memory that this substrate takes in addition to that of the engine's sessions and connections}
     * A name with {@code *} counts as one interface. An incomplete message is in an array that may be twice as long.
     * What waits for a neighbor is one array for all neighbors of an interface while connections are being opened,
     * and then is copied for each.
     */
    public MemoryNeed worstCase() {
        long connections = 2L * maxNeighbors * interfaces.size(); // as many in each direction, of different neighbors
        List<MemoryNeed.Part> parts = new ArrayList<>();
        parts.add(new MemoryNeed.Part("buffers of the loop", 0, LOOP_BYTES));
        parts.addAll(members().worstCase(0));
        parts.add(new MemoryNeed.Part(
                "messages of neighbors",
                connections * (CONNECTION_BYTES + 2L * maxMessageBytes + queueBytes)
                        + (long) interfaces.size() * queueBytes,
                connections * queueBytes));
        return new MemoryNeed(parts);
    }

    private AcpConfig changed(Consumer<AcpConfig> change) {
        AcpConfig copy = new AcpConfig(this);
        change.accept(copy);
        return copy;
    }
}
