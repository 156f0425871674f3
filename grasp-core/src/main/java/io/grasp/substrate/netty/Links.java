package io.grasp.substrate.netty;

import io.grasp.substrate.LinkWarning;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.SubstrateListener;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioChannelOption;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The links of one substrate and the two ports that they share. Which links there are follows the interfaces, as often
 * as these are looked at.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of close(): on its own loop NIO has closed when it returns
final class Links {
    /** ALL_GRASP_NEIGHBORS, ff02::13 (RFC 8990 section 2.6). */
    private static final String GROUP = "ff020000000000000000000000000013";

    /** 224.0.0.119. */
    private static final String IPV4_GROUP = "e0000077";

    /** How often a port that is free for TCP may turn out to be taken for UDP. */
    private static final int MAX_PORT_TRIES = 32;

    /** Nobody reads what is sent to the sending channel: it need not keep much. */
    private static final int UNREAD_BYTES = 4096;

    /** As many as Netty takes by default from a socket before it looks after the others. */
    private static final int MAX_DATAGRAMS = 16;

    private final NettyLoop loop;
    private final NettyConfig config;
    private final Connections connections;
    private final SubstrateListener listener;
    private final Sockets sockets;
    private final Map<String, NettyLink> open = new LinkedHashMap<>();

    /** Why the links that are chosen, or suitable, and not open are not: a failure is told once. */
    private final Map<String, String> failures = new HashMap<>();

    private @Nullable Channel sender;
    private int port;
    private Set<Integer> indexes = Set.of();
    private boolean closed;

    Links(NettyLoop loop, NettyConfig config, Connections connections, SubstrateListener listener) {
        this.loop = loop;
        this.config = config;
        this.connections = connections;
        this.listener = listener;
        this.sockets = new Sockets(loop);
    }

    int port() {
        return port;
    }

    /** {@return the indexes of the links that are up; it is another set after a change} */
    Set<Integer> indexes() {
        return indexes;
    }

    private void changed() {
        indexes = open.values().stream().map(NettyLink::index).collect(Collectors.toUnmodifiableSet());
    }

    /** Opens the ports and all links that can be opened. */
    void open(Interfaces interfaces) throws IOException {
        if (!config.awaitLinks) {
            requireAll(config.links, interfaces);
        }
        bindPorts();
        update(interfaces);
    }

    private static void requireAll(@Nullable Collection<String> names, Interfaces interfaces) throws IOException {
        SortedSet<String> known = interfaces.names();
        for (String name : names == null ? List.<String>of() : names) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(
                        "there is no interface " + name + ", only " + String.join(", ", known));
            }
        }
    }

    /** Binds TCP and UDP to one port: replies to a multicast come by TCP to the port that it came from by UDP. */
    private void bindPorts() throws IOException {
        for (int tries = 1; ; tries++) {
            Channel server = sockets.bind(connections.server(listener), new InetSocketAddress(0));
            InetSocketAddress bound = (InetSocketAddress) server.localAddress();
            boolean ipv4 = config.ip == LinkIp.IPV4;
            try {
                sender = sockets.bind(
                        sending(ipv4 ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6),
                        new InetSocketAddress(ipv4 ? "0.0.0.0" : "::", bound.getPort()));
                port = bound.getPort();
                return;
            } catch (IOException e) {
                server.close();
                if (!(e.getCause() instanceof BindException) || tries == MAX_PORT_TRIES) {
                    throw e;
                }
            }
        }
    }

    private Bootstrap sending(SocketProtocolFamily family) {
        return sockets.datagrams(family)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.SO_RCVBUF, UNREAD_BYTES)
                // Links with IPv4 have senders of their own, at the same port.
                .option(ChannelOption.SO_REUSEADDR, true)
                // Netty's own option of that name is inverted on NIO.
                .option(NioChannelOption.of(StandardSocketOptions.IP_MULTICAST_LOOP), true);
    }

    /** Closes the links that are no more, or are others by now, and opens those that can be opened. */
    void update(Interfaces interfaces) throws IOException {
        if (config.hasNoLinks()) {
            return;
        }
        Memberships memberships = Memberships.read();
        Collection<String> wanted = config.links == null ? interfaces.suitable(config.ip) : config.links;
        failures.keySet().retainAll(wanted);
        boolean anyLost = false;
        for (NettyLink link : List.copyOf(open.values())) {
            boolean unchanged = wanted.contains(link.name()) && isUnchanged(link, interfaces);
            boolean deaf = unchanged && isDeaf(link, memberships);
            if (!unchanged || deaf) {
                lost(link);
                anyLost = true;
            }
            if (deaf) {
                String group = link.group().getAddress().getHostAddress();
                String detail = "the system had dropped the membership in " + group + "; it is joined again";
                loop.run(() -> listener.linkWarning(link.name(), LinkWarning.MEMBERSHIP_LOST, detail));
            }
        }
        if (anyLost) {
            // Not before the old sockets are gone: what they hold of a membership that was dropped ends a new one.
            loop.executeAfterSelect(() -> openMissing(wanted, interfaces));
        } else {
            openMissing(wanted, interfaces);
        }
    }

    private void openMissing(Collection<String> wanted, Interfaces interfaces) {
        for (String name : wanted) {
            if (!closed && !open.containsKey(name)) {
                tryToOpen(name, interfaces);
            }
        }
    }

    /** Whether what listed the membership when the link was opened does not do so any more. */
    private static boolean isDeaf(NettyLink link, Memberships memberships) {
        return link.membershipListed()
                && memberships.isLost(link.group().getAddress(), link.identity().index());
    }

    private boolean isUnchanged(NettyLink link, Interfaces interfaces) {
        try {
            return link.identity().equals(interfaces.link(link.name(), config.ip, link.identity()));
        } catch (IOException unusable) {
            failures.put(link.name(), String.valueOf(unusable.getMessage())); // that it is down tells as much
            return false;
        }
    }

    private void tryToOpen(String name, Interfaces interfaces) {
        try {
            NettyLink link = open(interfaces.link(name, config.ip, null), interfaces);
            open.put(name, link);
            changed();
            failures.remove(name);
            loop.run(() -> listener.linkUp(link));
        } catch (IOException e) {
            String why = String.valueOf(e.getMessage());
            if (!why.equals(failures.put(name, why))) {
                loop.run(() -> listener.linkFailed(name, e));
            }
        }
    }

    private NettyLink open(LinkIdentity identity, Interfaces interfaces) throws IOException {
        NetworkInterface on = interfaces.up(identity.name());
        InetAddress group = group(identity);
        InetSocketAddress groupAndPort = new InetSocketAddress(group, config.multicastPort);
        // Bound to the group, on this interface where that can be said, and not to the port alone: so the channel tells
        // the link.
        DatagramChannel receiver = (DatagramChannel) sockets.bind(
                sockets.datagrams(identity.isIpv4() ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .option(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                // One byte more than is taken, so that a datagram that was cut is known as such.
                                // Several at a time; an allocator of our own takes only one otherwise.
                                new FixedRecvByteBufAllocator(config.maxDatagramBytes + 1)
                                        .maxMessagesPerRead(MAX_DATAGRAMS)),
                groupAndPort);
        Sockets.require(receiver.joinGroup(group, on, null), "join " + group);
        Channel sending;
        try {
            sending = identity.isIpv4() ? ipv4Sender(identity, on) : sender();
        } catch (IOException e) {
            receiver.close();
            throw e;
        }
        boolean listed = Memberships.read().isListed(group, identity.index());
        NettyLink link = new NettyLink(identity, config.maxMulticastBytes, receiver, sending, groupAndPort, listed);
        receiver.pipeline().addLast(new Receiver(config.maxDatagramBytes, new FromLink(link)));
        return link;
    }

    private static InetAddress group(LinkIdentity identity) throws IOException {
        return identity.isIpv4()
                ? InetAddress.getByAddress(HexFormat.of().parseHex(IPV4_GROUP))
                : Inet6Address.getByAddress(null, HexFormat.of().parseHex(GROUP), identity.index());
    }

    /** An IPv4 destination does not say which interface to take: a socket does, and then for everything it sends. */
    private Channel ipv4Sender(LinkIdentity identity, NetworkInterface on) throws IOException {
        return sockets.bind(
                sending(SocketProtocolFamily.INET)
                        .option(NioChannelOption.of(StandardSocketOptions.IP_MULTICAST_IF), on),
                new InetSocketAddress(identity.linkLocalAddress(), port));
    }

    private Channel sender() {
        if (sender == null) {
            throw new IllegalStateException("the ports are not open");
        }
        return sender;
    }

    private void lost(NettyLink link) {
        if (open.remove(link.name(), link)) {
            changed();
            link.receiver().close();
            if (link.identity().isIpv4()) {
                link.sender().close();
            }
            loop.run(() -> listener.linkDown(link));
        }
    }

    /** Closes all channels; no link is reported down. */
    void close() {
        closed = true;
        port = 0;
        open.clear();
        changed();
        sockets.close();
    }

    /** What happens on one link. */
    private final class FromLink implements Receiver.Events {
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
        public void tooLong() {
            loop.run(() -> listener.dropped(SubstrateDrop.MESSAGE_TOO_LONG));
        }

        @Override
        public void failed(Throwable cause) {
            loop.run(() -> listener.linkFailed(link.name(), cause));
        }

        @Override
        public void closed() {
            lost(link);
        }
    }
}
