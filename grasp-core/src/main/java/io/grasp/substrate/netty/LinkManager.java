package io.grasp.substrate.netty;

import io.grasp.model.InterfaceInfo;
import io.grasp.model.LinkWarning;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.SubstrateListener;
import io.grasp.util.AddressText;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioChannelOption;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The links of one substrate and the two ports that they share. The set of links follows the interfaces each time these
 * are polled. The states of each link that is wanted, because it was chosen or is suitable:
 *
 * <pre>
 *             the poll can open it: linkUp
 *  MISSING -------------------------------------------------------&gt; UP
 *          &lt;-------------------------------------------------------
 *             gone, changed, or its channel was closed: linkDown
 *             membership lost: linkDown and a warning
 * </pre>
 *
 * A link that cannot be opened is reported once for each reason, but not while a start waits for its address.
 * A link that went down in a poll is opened by the same poll if it can be, but only when its old sockets have gone.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of close(): on its own loop, NIO closes before it returns
final class LinkManager {
    /** ALL_GRASP_NEIGHBORS, ff02::13 (RFC 8990 section 2.6). */
    private static final InetAddress IPV6_GROUP = address("ff020000000000000000000000000013");

    /** 224.0.0.119. */
    private static final InetAddress IPV4_GROUP = address("e0000077");

    /** The minimum time between two readings of the interfaces' groups that peers cause. */
    private static final long EXTRA_READ_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final int IPV6_AND_UDP_HEADERS = 40 + 8;
    private static final int IPV4_AND_UDP_HEADERS = 20 + 8;

    /** How many ports that are free for TCP are tried if they are in use for UDP. */
    private static final int MAX_PORT_TRIES = 32;

    /** The receive buffer of the sending channel, which nothing reads. */
    private static final int UNREAD_BYTES = 4096;

    private final NettyLoop loop;
    private final NettyConfig config;
    private final MessageCipher cipher;
    private final ConnectionManager connections;
    private final UnicastReceivers unicasts;
    private final SubstrateListener listener;
    private final BoundChannels sockets;
    private final Map<String, NettyLink> open = new LinkedHashMap<>();

    /** Channels that listen to the IPv4 group on links that use IPv6, to warn about neighbors there. */
    private final Map<String, Channel> otherVersions = new HashMap<>();

    /** The reasons why chosen or suitable links are not open, so that a failure is reported only once. */
    private final Map<String, String> failures = new HashMap<>();

    /** The IP version of the links, as far as this machine supports it. */
    private LinkIp ip;

    /** Whether the start is still waiting for links to become ready. */
    private boolean starting = true;

    private int port;
    private Set<Integer> indexes = Set.of();
    private @Nullable MulticastMemberships memberships;
    private long nextExtraRead;
    private boolean closed;

    LinkManager(
            NettyLoop loop,
            NettyConfig config,
            MessageCipher cipher,
            ConnectionManager connections,
            UnicastReceivers unicasts,
            SubstrateListener listener) {
        this.loop = loop;
        this.config = config;
        this.cipher = cipher;
        this.connections = connections;
        this.unicasts = unicasts;
        this.listener = listener;
        this.sockets = new BoundChannels(loop);
        this.ip = config.ip;
        this.nextExtraRead = loop.nanoTime();
    }

    int port() {
        return port;
    }

    /** {@return the indexes of the links that are up; a change creates a new set} */
    Set<Integer> indexes() {
        return indexes;
    }

    /**
     * {@return whether an interface may be a link of some node of this host: it has joined the group, or its groups are
     * unknown}
     */
    boolean isUsedForGrasp(int index) {
        if (isListed(memberships, index)) {
            return true;
        }
        // Another node may have joined since the last poll.
        long now = loop.nanoTime();
        if (now - nextExtraRead >= 0) {
            nextExtraRead = now + EXTRA_READ_NANOS;
            memberships = MulticastMemberships.read();
        }
        return isListed(memberships, index);
    }

    private static boolean isListed(@Nullable MulticastMemberships all, int index) {
        return all != null && !(all.isLost(IPV6_GROUP, index) && all.isLost(IPV4_GROUP, index));
    }

    /** {@return the interfaces as an operator sees them, with those that were chosen and do not exist} */
    List<InterfaceInfo> describe(Interfaces now) throws IOException {
        SortedSet<String> names = new TreeSet<>(now.names());
        List<String> chosen = config.links == null ? List.of() : List.copyOf(config.links);
        names.addAll(chosen);
        List<InterfaceInfo> all = new ArrayList<>();
        for (String name : names) {
            NettyLink link = open.get(name);
            LinkIdentity identity = link == null ? null : link.identity();
            boolean isChosen = chosen.contains(name);
            all.add(
                    config.links != null && !isChosen
                            ? now.describeNotChosen(name)
                            : now.describe(name, ip, identity, isChosen, failures.get(name)));
        }
        return all;
    }

    private void changed() {
        indexes = open.values().stream().map(NettyLink::index).collect(Collectors.toUnmodifiableSet());
    }

    /** Opens the ports and all links that can be opened. */
    void open(Interfaces interfaces) throws IOException {
        if (!config.awaitLinks) {
            requireAll(config.links, interfaces);
        }
        ip = possible(config.ip, BoundChannels.isIpv6Available());
        bindPorts();
        update(interfaces);
    }

    /**
     * {@return the IP version that the links use on this machine}
     *
     * @throws IOException if IPv6 is required and not available
     */
    static LinkIp possible(LinkIp wanted, boolean ipv6) throws IOException {
        if (wanted == LinkIp.IPV6 && !ipv6) {
            throw new IOException("the links must use IPv6, which is not available to this process: it is disabled by"
                    + " net.ipv6.conf.all.disable_ipv6, by java.net.preferIPv4Stack, or in the kernel");
        }
        return ipv6 ? wanted : LinkIp.IPV4;
    }

    /** {@return whether a link may come up soon, because its address is being checked for duplicates} */
    boolean isAnyPending(Interfaces interfaces) throws IOException {
        if (config.links == null) {
            return interfaces.isAnyPending(ip);
        }
        for (String name : config.links) {
            if (interfaces.isPending(name, ip)) {
                return true;
            }
        }
        return false;
    }

    /** Ends the start: if there is no link, reports for each interface why it is not one. */
    void started(Interfaces interfaces) throws IOException {
        starting = false;
        update(interfaces);
        if (config.links == null && open.isEmpty()) {
            interfaces
                    .unsuitable(ip)
                    .forEach((name, why) -> loop.run(() -> listener.linkFailed(name, new SocketException(why))));
        }
    }

    private static void requireAll(@Nullable Collection<String> names, Interfaces interfaces) throws IOException {
        SortedSet<String> known = interfaces.names();
        for (String name : names == null ? List.<String>of() : names) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("there is no interface " + name + ", only "
                        + String.join(", ", known) + "; one that comes later must be awaited");
            }
        }
    }

    /** Binds TCP and UDP to one port: replies to a multicast come by TCP to the port that it came from by UDP. */
    private void bindPorts() throws IOException {
        for (int tries = 1; ; tries++) {
            Channel server = sockets.bind(connections.server(listener), new InetSocketAddress(config.port), "TCP");
            InetSocketAddress bound = (InetSocketAddress) server.localAddress();
            boolean ipv4 = ip == LinkIp.IPV4;
            try {
                // It sends nothing: it reserves the port for the senders of the links.
                sockets.bind(
                        sending(ipv4 ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6),
                        new InetSocketAddress(ipv4 ? "0.0.0.0" : "::", bound.getPort()),
                        "UDP");
                port = bound.getPort();
                return;
            } catch (IOException e) {
                server.close();
                boolean otherPort = config.port == 0 && e instanceof BindException;
                if (!otherPort || tries == MAX_PORT_TRIES) {
                    throw e;
                }
            }
        }
    }

    private Bootstrap sending(SocketProtocolFamily family) {
        return sockets.datagrams(family)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.SO_RCVBUF, UNREAD_BYTES)
                // Each link has its own sender, at the same port.
                .option(ChannelOption.SO_REUSEADDR, true)
                // Netty's own option of this name is inverted on NIO.
                .option(NioChannelOption.of(StandardSocketOptions.IP_MULTICAST_LOOP), true);
    }

    /** Closes the links that have gone or changed their identity, and opens those that can be opened. */
    void update(Interfaces interfaces) throws IOException {
        if (config.hasNoLinks()) {
            return;
        }
        MulticastMemberships now = MulticastMemberships.read();
        memberships = now;
        Collection<String> wanted = config.links == null ? interfaces.suitable(ip) : config.links;
        failures.keySet().retainAll(wanted);
        boolean anyLost = false;
        for (NettyLink link : List.copyOf(open.values())) {
            boolean unchanged = wanted.contains(link.name()) && isUnchanged(link, interfaces);
            boolean deaf = unchanged && isDeaf(link, now);
            if (!unchanged || deaf) {
                lost(link);
                anyLost = true;
            } else {
                follow(link, interfaces);
            }
            if (deaf) {
                String group = AddressText.of(link.group().getAddress());
                String detail = "the system had dropped the membership in " + group + "; it is joined again";
                loop.run(() -> listener.linkWarning(link.name(), LinkWarning.MEMBERSHIP_LOST, detail));
            }
        }
        if (anyLost) {
            // Only when the old sockets have gone: closing one with a dropped membership would end a new membership.
            loop.executeAfterSelect(() -> openMissing(wanted, interfaces));
        } else {
            openMissing(wanted, interfaces);
        }
    }

    /** Follows the interface's MTU: a longer multicast would be fragmented (RFC 8990 section 2.5.3). */
    private void follow(NettyLink link, Interfaces interfaces) {
        try {
            link.longestMulticast().set(longestMulticast(link.identity(), interfaces.up(link.name())));
        } catch (SocketException goneByNow) {
            // The next poll finds that it has gone.
        }
    }

    private int longestMulticast(LinkIdentity identity, NetworkInterface on) throws SocketException {
        int headers = identity.isIpv4() ? IPV4_AND_UDP_HEADERS : IPV6_AND_UDP_HEADERS;
        return Math.min(config.maxMulticastBytes, cipher.messageBytes(on.getMTU() - headers));
    }

    private void openMissing(Collection<String> wanted, Interfaces interfaces) {
        for (String name : wanted) {
            if (!closed && !open.containsKey(name)) {
                tryToOpen(name, interfaces);
            }
        }
    }

    /** Whether the system listed the membership when the link was opened and no longer does. */
    private static boolean isDeaf(NettyLink link, MulticastMemberships memberships) {
        return link.membershipListed()
                && memberships.isLost(link.group().getAddress(), link.identity().index());
    }

    private boolean isUnchanged(NettyLink link, Interfaces interfaces) {
        try {
            return link.identity().equals(interfaces.link(link.name(), ip, link.identity()));
        } catch (IOException unusable) {
            failures.put(link.name(), String.valueOf(unusable.getMessage())); // the down event suffices
            return false;
        }
    }

    private void tryToOpen(String name, Interfaces interfaces) {
        try {
            NettyLink link = open(interfaces.link(name, ip, null), interfaces);
            open.put(name, link);
            changed();
            failures.remove(name);
            loop.run(() -> listener.linkUp(link));
            otherVersion(link, interfaces);
        } catch (IOException e) {
            String why = String.valueOf(e.getMessage());
            if (starting && isPending(name, interfaces)) {
                return; // it is reported if it is still down when the start ends
            }
            if (!why.equals(failures.put(name, why))) {
                loop.run(() -> listener.linkFailed(name, e));
            }
        }
    }

    /** Warns about neighbors on a link that use the other IP version and so do not hear this node. */
    private void otherVersion(NettyLink link, Interfaces interfaces) {
        LinkIdentity identity = link.identity();
        if (identity.isIpv4()) {
            if (config.ip == LinkIp.IPV6_ELSE_IPV4) {
                warnOfOtherVersion(
                        link,
                        "it uses IPv4, because it has no link-local IPv6 address;"
                                + " neighbors with such an address use IPv6 and do not hear it unless IPv4 is chosen"
                                + " there");
            }
            return;
        }
        try {
            LinkIdentity ipv4 = interfaces.link(link.name(), LinkIp.IPV4, null);
            Channel hearing = joined(ipv4, interfaces.up(link.name()));
            hearing.pipeline().addLast(receiver(ipv4, MessageCipher.PLAIN, new FromOtherVersion(link, hearing)));
            otherVersions.put(link.name(), hearing);
        } catch (IOException e) {
            // Without IPv4 there is nothing to hear, and the warning is not worth a failure.
        }
    }

    private void warnOfOtherVersion(NettyLink link, String detail) {
        loop.run(() -> listener.linkWarning(link.name(), LinkWarning.OTHER_IP_VERSION, detail));
    }

    private boolean isPending(String name, Interfaces interfaces) {
        try {
            return interfaces.isPending(name, ip);
        } catch (SocketException e) {
            return false;
        }
    }

    private NettyLink open(LinkIdentity identity, Interfaces interfaces) throws IOException {
        NetworkInterface on = interfaces.up(identity.name());
        int longest = longestMulticast(identity, on);
        InetAddress group = group(identity);
        InetSocketAddress groupAndPort = new InetSocketAddress(group, config.multicastPort);
        DatagramChannel receiver = joined(identity, on);
        Channel sending;
        try {
            sending = sender(identity, on);
        } catch (IOException e) {
            receiver.close();
            throw e;
        }
        boolean listed = MulticastMemberships.read().isListed(group, identity.index());
        NettyLink link = new NettyLink(
                loop, cipher, identity, new AtomicInteger(longest), receiver, sending, groupAndPort, listed);
        receiver.pipeline().addLast(receiver(identity, cipher, new FromLink(link)));
        return link;
    }

    /**
     * Opens a channel that receives datagrams to the group on an interface. It is bound to the group, on this interface
     * if possible, and not to the port alone, so that the channel identifies the link. If binding to a group is not
     * allowed, the source address identifies the link.
     */
    private DatagramChannel joined(LinkIdentity identity, NetworkInterface on) throws IOException {
        InetAddress group = group(identity);
        InetAddress at = config.bindToGroup ? group : InetAddress.getByName(identity.isIpv4() ? "0.0.0.0" : "::");
        DatagramChannel receiver = (DatagramChannel) sockets.bind(
                sockets.datagrams(identity.isIpv4() ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .option(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                DatagramReceiver.buffers(config.maxDatagramBytes, cipher)),
                new InetSocketAddress(at, config.multicastPort));
        BoundChannels.require(receiver.joinGroup(group, on, null), "join " + AddressText.of(group));
        if (MulticastMemberships.read().isElsewhere(group, identity.index())) {
            receiver.close();
            throw new IOException("cannot join " + AddressText.of(group) + " on interface " + identity.name()
                    + ": the system joined it on another interface");
        }
        return receiver;
    }

    private DatagramReceiver receiver(LinkIdentity identity, MessageCipher decrypting, DatagramReceiver.Events events) {
        Predicate<InetAddress> source = config.bindToGroup ? any -> true : identity::isSourceOnLink;
        return new DatagramReceiver(config.maxDatagramBytes, decrypting, source, events);
    }

    private static InetAddress group(LinkIdentity identity) {
        return identity.isIpv4() ? IPV4_GROUP : LocalAddress.scoped(IPV6_GROUP, identity.index());
    }

    private static InetAddress address(String hex) {
        try {
            return InetAddress.getByAddress(HexFormat.of().parseHex(hex));
        } catch (UnknownHostException e) {
            throw new AssertionError("the length is right", e);
        }
    }

    /**
     * Opens the sender of one link. A slow link fills the buffers of its own sender only. An IPv4 destination does not
     * select an interface; a socket does, for everything that it sends.
     */
    private Channel sender(LinkIdentity identity, NetworkInterface on) throws IOException {
        LocalAddress here = LocalAddress.on(identity.linkLocalAddress(), identity.index());
        Channel sender = sockets.bind(
                sending(identity.isIpv4() ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6)
                        .option(NioChannelOption.of(StandardSocketOptions.IP_MULTICAST_IF), on),
                new InetSocketAddress(here.scoped(), port));
        if (port == config.multicastPort) { // datagrams to it would come to the sender, which does not read
            unicasts.reopen(here, identity.name());
        }
        return sender;
    }

    private void lost(NettyLink link) {
        if (open.remove(link.name(), link)) {
            changed();
            link.receiver().close();
            Channel other = otherVersions.remove(link.name());
            if (other != null) {
                other.close();
            }
            link.sender().close();
            loop.run(() -> listener.linkDown(link));
        }
    }

    /** Closes all channels; no link is reported down. */
    void close() {
        closed = true;
        port = 0;
        open.clear();
        otherVersions.clear();
        changed();
        sockets.close();
    }

    /** Receives the events of one link. */
    private final class FromLink implements DatagramReceiver.Events {
        private final NettyLink link;

        FromLink(NettyLink link) {
            this.link = link;
        }

        @Override
        public void received(byte[] message, InetSocketAddress from) {
            if (link.equals(open.get(link.name()))) {
                ReplyPath replyPath = connections.replyPath(from);
                loop.run(() -> listener.linkMessage(link, message, replyPath));
            }
        }

        @Override
        public void dropped(SubstrateDrop reason, InetSocketAddress sender) {
            loop.run(() -> listener.dropped(reason, link, sender, null));
        }

        @Override
        public void failed(Throwable cause) {
            if (!loop.failsBy(cause)) {
                loop.run(() -> listener.linkFailed(link.name(), cause));
            }
        }

        @Override
        public void closed() {
            lost(link);
        }
    }

    /** Receives the first IPv4 multicast on a link that uses IPv6. */
    private final class FromOtherVersion implements DatagramReceiver.Events {
        private final NettyLink link;
        private final Channel hearing;

        FromOtherVersion(NettyLink link, Channel hearing) {
            this.link = link;
            this.hearing = hearing;
        }

        @Override
        public void received(byte[] message, InetSocketAddress from) {
            if (otherVersions.remove(link.name(), hearing)) {
                hearing.close(); // one warning is enough
                warnOfOtherVersion(
                        link,
                        "a neighbor at " + AddressText.of(from.getAddress()) + " uses IPv4 there and this node IPv6;"
                                + " they do not hear each other unless both are set to the same version");
            }
        }

        @Override
        public void dropped(SubstrateDrop reason, InetSocketAddress sender) {
            // this channel does not process messages
        }

        @Override
        public void failed(Throwable cause) {
            loop.failsBy(cause); // otherwise a channel that cannot receive gives no warning
        }

        @Override
        public void closed() {
            otherVersions.remove(link.name(), hearing);
        }
    }
}
