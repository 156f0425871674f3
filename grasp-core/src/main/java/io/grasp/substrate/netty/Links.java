package io.grasp.substrate.netty;

import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.SubstrateListener;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioChannelOption;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * The links of one substrate and the two ports that they share. Which links there are follows the interfaces, as often
 * as these are looked at.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of close(): on its own loop NIO has closed when it returns
final class Links {
    /** ALL_GRASP_NEIGHBORS, ff02::13 (RFC 8990 section 2.6). */
    private static final String GROUP = "ff020000000000000000000000000013";

    /** How often a port that is free for TCP may turn out to be taken for UDP. */
    private static final int MAX_PORT_TRIES = 32;

    /** Nobody reads what is sent to the sending channel: it need not keep much. */
    private static final int UNREAD_BYTES = 4096;

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
            Channel server = sockets.bind(connections.server(listener), new InetSocketAddress("::", 0));
            InetSocketAddress bound = (InetSocketAddress) server.localAddress();
            try {
                sender = sockets.bind(
                        sockets.datagrams(SocketProtocolFamily.INET6)
                                .option(ChannelOption.AUTO_READ, false)
                                .option(ChannelOption.SO_RCVBUF, UNREAD_BYTES)
                                // Netty's own option of that name is inverted on NIO.
                                .option(NioChannelOption.of(StandardSocketOptions.IP_MULTICAST_LOOP), true),
                        new InetSocketAddress("::", bound.getPort()));
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

    /** Closes the links that are no more, or are others by now, and opens those that can be opened. */
    void update(Interfaces interfaces) throws IOException {
        Collection<String> wanted = config.links == null ? interfaces.suitable() : config.links;
        failures.keySet().retainAll(wanted);
        for (NettyLink link : List.copyOf(open.values())) {
            if (!wanted.contains(link.name()) || !isUnchanged(link, interfaces)) {
                lost(link);
            }
        }
        for (String name : wanted) {
            if (!closed && !open.containsKey(name)) {
                tryToOpen(name, interfaces);
            }
        }
    }

    private boolean isUnchanged(NettyLink link, Interfaces interfaces) {
        try {
            return link.identity().equals(interfaces.link(link.name(), link.identity()));
        } catch (IOException unusable) {
            failures.put(link.name(), String.valueOf(unusable.getMessage())); // that it is down tells as much
            return false;
        }
    }

    private void tryToOpen(String name, Interfaces interfaces) {
        try {
            NettyLink link = open(interfaces.link(name, null), interfaces);
            open.put(name, link);
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
        Inet6Address group = Inet6Address.getByAddress(null, HexFormat.of().parseHex(GROUP), identity.index());
        InetSocketAddress scopedGroup = new InetSocketAddress(group, config.multicastPort);
        // Bound to the group on this interface, and not to the port alone: so the channel tells the link.
        DatagramChannel receiver = (DatagramChannel) sockets.bind(
                sockets.datagrams(SocketProtocolFamily.INET6)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .option(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                // One byte more than is taken, so that a datagram that was cut is known as such.
                                new FixedRecvByteBufAllocator(config.maxDatagramBytes + 1)),
                scopedGroup);
        Sockets.require(receiver.joinGroup(group, interfaces.up(identity.name()), null), "join " + group);
        NettyLink link = new NettyLink(identity, config.maxMulticastBytes, receiver, sender(), scopedGroup);
        receiver.pipeline().addLast(new Receiver(config.maxDatagramBytes, new FromLink(link)));
        return link;
    }

    private Channel sender() {
        if (sender == null) {
            throw new IllegalStateException("the ports are not open");
        }
        return sender;
    }

    private void lost(NettyLink link) {
        if (open.remove(link.name(), link)) {
            link.receiver().close();
            loop.run(() -> listener.linkDown(link));
        }
    }

    /** Closes all channels; no link is reported down. */
    void close() {
        closed = true;
        port = 0;
        open.clear();
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
            if (open.containsValue(link)) {
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
