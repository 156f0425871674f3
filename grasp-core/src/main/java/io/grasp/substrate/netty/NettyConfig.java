package io.grasp.substrate.netty;

import io.grasp.model.Locator;
import io.grasp.model.MemoryNeed;
import io.grasp.substrate.netty.quads.QuadsKey;
import io.grasp.util.SettingChecks;
import io.netty.util.internal.PlatformDependent;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a {@link NettySubstrate}. Immutable: each {@code with...} returns a changed copy.
 *
 * <p>Defaults: all suitable links, and no assertion about their security.
 */
public final class NettyConfig {
    /** GRASP_LISTEN_PORT (RFC 8990 section 2.6). */
    public static final int GRASP_LISTEN_PORT = 7017;

    /** The packet size that every IPv6 link supports, 1280 bytes, minus the IPv6 and UDP headers. */
    public static final int MAX_MULTICAST_BYTES = 1280 - 40 - 8;

    /**
     * The number of file descriptors that connections of peers leave by default, see {@link
     * #withReservedDescriptors}.
     */
    public static final int RESERVED_DESCRIPTORS = 256;

    /** What the allocator of a loop keeps for the buffers in use at one time. */
    private static final int LOOP_BUFFERS = 4 << 20;
    /** What a peer that does not read leaves unsent ({@link TcpChannel}), with a message of the usual size. */
    private static final int CONNECTION_BUFFER = 8 << 10;
    /** What decrypting a connection needs. */
    private static final int QUADS_BYTES = 1 << 10;

    /** The largest UDP payload over IPv6. */
    private static final int MAX_UDP_BYTES = 0xFFFF - 8;

    // Set only on a fresh copy, before it is returned.
    @Nullable
    Set<String> links;

    LinkIp ip = LinkIp.IPV6_ELSE_IPV4;
    boolean awaitLinks;
    boolean resolveNames;
    List<InetSocketAddress> nameServers = List.of();
    int nameTimeoutMillis = 5_000;
    int maxAddresses = 4;
    boolean assumeSecure;

    @Nullable
    QuadsKey quads;

    int port; // 0 for any free one
    int multicastPort = GRASP_LISTEN_PORT;
    int maxMulticastBytes = MAX_MULTICAST_BYTES;
    int maxDatagramBytes = 2048; // GRASP_DEF_MAX_SIZE
    int maxAcceptedConnections = 1024;
    int maxReplies = 320;
    int reservedDescriptors = RESERVED_DESCRIPTORS;
    int connectTimeoutMillis = 5_000;
    int closeTimeoutMillis = 1_000;
    boolean bindToGroup = !System.getProperty("os.name", "").startsWith("Windows");
    long addressWaitNanos = TimeUnit.SECONDS.toNanos(3);
    long interfacePollNanos = TimeUnit.SECONDS.toNanos(1);

    private NettyConfig() {}

    private NettyConfig(NettyConfig original) {
        links = original.links;
        ip = original.ip;
        awaitLinks = original.awaitLinks;
        resolveNames = original.resolveNames;
        nameServers = original.nameServers;
        nameTimeoutMillis = original.nameTimeoutMillis;
        maxAddresses = original.maxAddresses;
        assumeSecure = original.assumeSecure;
        quads = original.quads;
        port = original.port;
        multicastPort = original.multicastPort;
        maxMulticastBytes = original.maxMulticastBytes;
        maxDatagramBytes = original.maxDatagramBytes;
        maxAcceptedConnections = original.maxAcceptedConnections;
        maxReplies = original.maxReplies;
        reservedDescriptors = original.reservedDescriptors;
        connectTimeoutMillis = original.connectTimeoutMillis;
        closeTimeoutMillis = original.closeTimeoutMillis;
        bindToGroup = original.bindToGroup;
        addressWaitNanos = original.addressWaitNanos;
        interfacePollNanos = original.interfacePollNanos;
    }

    /** {@return the default settings} */
    public static NettyConfig defaults() {
        return new NettyConfig();
    }

    /**
     * {@return the settings for a DULL instance, which runs on one link (RFC 8990 section 2.5.2)} Few connections are
     * accepted and opened for replies, because every node on the link can cause them.
     *
     * @param link the interface's name
     */
    public static NettyConfig dull(String link) {
        return defaults().withLinks(link).withMaxAcceptedConnections(64).withMaxReplies(32);
    }

    /**
     * {@return the most memory that this substrate takes in addition to that of the engine's sessions and connections}
     * These are the buffers of its loop, and those of what peers send on accepted connections and of what replies wait
     * for.
     */
    public MemoryNeed worstCase() {
        return new MemoryNeed(List.of(
                new MemoryNeed.Part("buffers of the loop", 0, LOOP_BUFFERS),
                new MemoryNeed.Part(
                        "buffers of connections", 0, (long) CONNECTION_BUFFER * (maxAcceptedConnections + maxReplies)),
                MemoryNeed.Part.heap(
                        "decryption of connections",
                        quads == null ? 0L : (long) QUADS_BYTES * (maxAcceptedConnections + maxReplies))));
    }

    /** {@return the direct memory that the JVM lets Netty use, in bytes} */
    public static long maxDirectMemory() {
        return PlatformDependent.maxDirectMemory();
    }

    /**
     * {@return these settings with all suitable links} Those are the interfaces that are up, support multicast, have a
     * usable link-local IPv6 address or otherwise an IPv4 address ({@link #withIp}), and are not the loopback
     * interface. They include point-to-point interfaces such as tunnels, because each has a neighbor at its other end.
     * To exclude an interface, name the links.
     */
    public NettyConfig withAllLinks() {
        return changed(copy -> copy.links = null);
    }

    /**
     * {@return these settings with these links only} The substrate does not start if one of them does not exist, which
     * is usually a typing error; see {@link #withAwaitLinks}. If a link goes away later, the substrate waits for it.
     * The loopback interface {@code lo} may be named; the kernel delivers multicasts on it after:
     * {@code ip -6 route add local ff02::13 dev lo}.
     *
     * @param names the interfaces' names
     */
    public NettyConfig withLinks(String... names) {
        Set<String> chosen = new LinkedHashSet<>(List.of(names));
        return changed(copy -> copy.links = chosen);
    }

    /**
     * {@return these settings with no link} The substrate opens no socket. Nothing leaves the node, so it counts as
     * secured.
     */
    public NettyConfig withoutLinks() {
        return withLinks();
    }

    /**
     * {@return these settings with another IP version of the links} Default: {@link LinkIp#IPV6_ELSE_IPV4}. If IPv6 is
     * disabled, that means IPv4, and a start with {@link LinkIp#IPV6} fails.
     *
     * @param version the IP version of each link
     */
    public NettyConfig withIp(LinkIp version) {
        LinkIp valid = Objects.requireNonNull(version, "version");
        return changed(copy -> copy.ip = valid);
    }

    /**
     * {@return these settings with or without waiting for chosen links that do not exist} Default: without; the
     * substrate does not start.
     *
     * @param value whether the substrate starts and uses the links when they appear, for a node that starts before its
     *     network
     */
    public NettyConfig withAwaitLinks(boolean value) {
        return changed(copy -> copy.awaitLinks = value);
    }

    /**
     * {@return these settings with another maximum time that a start waits} Default: 3 s. A link-local IPv6 address
     * cannot be used while it is being checked for duplicates (RFC 4862 section 5.4), which takes up to 2 s with common
     * settings. The start completes when no link waits for this check any more, or after this time. With
     * {@link #withAwaitLinks} it does not wait.
     *
     * @param longest the maximum time, 0 to 24 days; 0 means not to wait
     */
    public NettyConfig withAddressWait(Duration longest) {
        long valid =
                longest.isZero() ? 0 : TimeUnit.MILLISECONDS.toNanos(SettingChecks.millis("address wait", longest));
        return changed(copy -> copy.addressWaitNanos = valid);
    }

    /**
     * {@return these settings with names in locators resolved or refused} Default: refused. Neither a name (RFC 8990
     * section 3) nor the server that resolves it need be inside the secure domain: only the operator can know.
     *
     * @param value whether connections to names are opened, resolved by {@code /etc/hosts} and DNS
     */
    public NettyConfig withResolveNames(boolean value) {
        return changed(copy -> copy.resolveNames = value);
    }

    /**
     * {@return these settings with other name servers} Default: those of the machine.
     *
     * @param servers the servers to query, one after the other; none for those of the machine
     */
    public NettyConfig withNameServers(InetSocketAddress... servers) {
        List<InetSocketAddress> chosen = List.of(servers);
        return changed(copy -> copy.nameServers = chosen);
    }

    /**
     * {@return these settings with another timeout for names} Default: 5 s.
     *
     * @param timeout how long the resolution of a name may take, 1 ms to 24 days
     */
    public NettyConfig withNameTimeout(Duration timeout) {
        int valid = SettingChecks.millis("name timeout", timeout);
        return changed(copy -> copy.nameTimeoutMillis = valid);
    }

    /**
     * {@return these settings with another maximum of addresses tried for a name} Default: 4.
     *
     * @param addresses how many addresses are tried, one after the other, each for at most the connect timeout
     */
    public NettyConfig withMaxAddresses(int addresses) {
        int valid = SettingChecks.between("maximum of addresses", addresses, 1, Integer.MAX_VALUE);
        return changed(copy -> copy.maxAddresses = valid);
    }

    /**
     * {@return these settings with an assertion about security} Default: none.
     *
     * @param value whether something outside protects the links: an ACP, IPsec, a closed layer 2; to change it while
     *     the substrate runs, see {@link NettySubstrate#assumeSecure}
     */
    public NettyConfig withAssumeSecure(boolean value) {
        return changed(copy -> copy.assumeSecure = value);
    }

    /**
     * {@return whether GRASP may be used with these settings (RFC 8990 section 2.5.1)} It may if security is
     * {@linkplain #withAssumeSecure asserted}, if there is a {@linkplain #withQuads key}, or if there is
     * {@linkplain #withoutLinks no link}. Otherwise only a DULL instance can run.
     */
    public boolean permitsGrasp() {
        return assumeSecure || quads != null || hasNoLinks();
    }

    /**
     * {@return these settings with or without QUADS, the encryption of graspy} Default: without. All nodes of the links
     * need the same key: every multicast and every message on a connection is encrypted, and what is not is dropped or
     * closes its connection. QUADS hides messages from outsiders, but has no integrity and no protection against
     * replay: it is meant only for meeting encrypted graspy nodes. Giving a key is the operator's assertion about the
     * links, as {@link #withAssumeSecure} is: the substrate is {@link io.grasp.model.Security#ASSERTED} and never more.
     * Not for a DULL instance, which must be understood by nodes without a key.
     *
     * @param key the shared key, or {@code null} for no encryption
     */
    public NettyConfig withQuads(@Nullable QuadsKey key) {
        return changed(copy -> copy.quads = key);
    }

    /**
     * {@return these settings with a fixed port} Default: 0, any free port. The node accepts TCP connections at this
     * port and sends its multicasts from the same UDP port, because peers answer by TCP to the source port of a
     * multicast. Each node of a host needs a different port: if another program uses the port, the start fails with a
     * {@link java.net.BindException} as the cause. It may be {@link #GRASP_LISTEN_PORT}.
     *
     * @param number 0 to 65535
     */
    public NettyConfig withPort(int number) {
        if (number < 0 || number > Locator.MAX_PORT) {
            throw new IllegalArgumentException("port is " + number + ", must be 0 to " + Locator.MAX_PORT);
        }
        return changed(copy -> copy.port = number);
    }

    /**
     * {@return these settings with another UDP port for multicasts} Default: {@link #GRASP_LISTEN_PORT}.
     *
     * @param port 1 to 65535, the same on all nodes
     */
    public NettyConfig withMulticastPort(int port) {
        int valid = SettingChecks.between("multicast port", port, 1, Locator.MAX_PORT);
        return changed(copy -> copy.multicastPort = valid);
    }

    /**
     * {@return these settings with another maximum size of multicasts} Default: {@link #MAX_MULTICAST_BYTES}, which no
     * IPv6 link fragments. On a link with a smaller MTU, the maximum is what fits in one packet (RFC 8990 section
     * 2.5.3).
     *
     * @param bytes the longest multicast sent, in bytes of CBOR; {@link #withQuads} adds 1 to 16 bytes, which must fit
     *     in the packet too
     */
    public NettyConfig withMaxMulticastBytes(int bytes) {
        int valid = SettingChecks.between("maximum multicast size", bytes, 1, MAX_UDP_BYTES);
        return changed(copy -> copy.maxMulticastBytes = valid);
    }

    /**
     * {@return these settings with another maximum size of received multicasts} Default: 2048, GRASP_DEF_MAX_SIZE.
     *
     * @param bytes the longest multicast accepted, in bytes of CBOR; longer ones are dropped
     */
    public NettyConfig withMaxDatagramBytes(int bytes) {
        int valid = SettingChecks.between("maximum datagram size", bytes, 1, MAX_UDP_BYTES);
        return changed(copy -> copy.maxDatagramBytes = valid);
    }

    /**
     * {@return these settings with another maximum of accepted connections} Default: 1024.
     *
     * @param connections the maximum number of connections opened by peers at one time; for a further one, the node
     *     resets one that may go, or otherwise the new one
     */
    public NettyConfig withMaxAcceptedConnections(int connections) {
        int valid = SettingChecks.between("maximum of accepted connections", connections, 1, Integer.MAX_VALUE);
        return changed(copy -> copy.maxAcceptedConnections = valid);
    }

    /**
     * {@return these settings with another maximum of replies} Default: 320.
     *
     * @param replies the maximum number of connections for replies to datagrams at one time, until they have ended; for
     *     a further one, the oldest of the link and neighbor with the most is reset. It should exceed
     *     {@link io.grasp.config.Limits#pendingReplies}, the maximum of those that are being sent
     */
    public NettyConfig withMaxReplies(int replies) {
        int valid = SettingChecks.between("maximum of replies", replies, 1, Integer.MAX_VALUE);
        return changed(copy -> copy.maxReplies = valid);
    }

    /**
     * {@return these settings with another reserve of file descriptors} Default: 256. Accepted connections leave the
     * reserve for replies to multicasts and for own requests, and replies leave half of it for own requests. It is at
     * most half of what the process can open. Only Linux tells how many that is; elsewhere there is no reserve.
     *
     * @param descriptors the number of file descriptors of the process
     */
    public NettyConfig withReservedDescriptors(int descriptors) {
        int valid = SettingChecks.between("reserve of file descriptors", descriptors, 1, Integer.MAX_VALUE);
        return changed(copy -> copy.reservedDescriptors = valid);
    }

    /**
     * {@return these settings with another connect timeout} Default: 5 s.
     *
     * @param timeout how long opening a connection may take, 1 ms to 24 days
     */
    public NettyConfig withConnectTimeout(Duration timeout) {
        int valid = SettingChecks.millis("connect timeout", timeout);
        return changed(copy -> copy.connectTimeoutMillis = valid);
    }

    /**
     * {@return these settings with another close timeout} Default: 1 s.
     *
     * @param timeout how long closing a connection waits for the peer, first to read what was sent and then to end its
     *     own direction; also how long a connection that was opened for a reply waits for its receiver to close it; 1
     *     ms to 24 days
     */
    public NettyConfig withCloseTimeout(Duration timeout) {
        int valid = SettingChecks.millis("close timeout", timeout);
        return changed(copy -> copy.closeTimeoutMillis = valid);
    }

    /**
     * {@return these settings with another interval for polling the interfaces} Default: 1 s. A poll takes about 0.1 ms
     * on a machine with few interfaces.
     *
     * @param interval how long a change of links and addresses, or a sleep of the machine, may go unnoticed; 1 ms to 24
     *     days
     */
    public NettyConfig withInterfacePoll(Duration interval) {
        long valid = TimeUnit.MILLISECONDS.toNanos(SettingChecks.millis("interface poll", interval));
        return changed(copy -> copy.interfacePollNanos = valid);
    }

    /**
     * Sets whether receivers of multicasts are bound to the group, which Windows does not allow, or to the port alone.
     */
    NettyConfig withBindToGroup(boolean value) {
        return changed(copy -> copy.bindToGroup = value);
    }

    boolean hasNoLinks() {
        return links != null && links.isEmpty();
    }

    private NettyConfig changed(Consumer<NettyConfig> change) {
        NettyConfig copy = new NettyConfig(this);
        change.accept(copy);
        return copy;
    }
}
