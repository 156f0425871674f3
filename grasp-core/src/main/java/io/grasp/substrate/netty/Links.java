package io.grasp.substrate.netty;

import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.SubstrateListener;
import io.netty.bootstrap.AbstractBootstrap;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.util.Collection;
import java.util.HexFormat;
import java.util.SortedSet;

/** The links of one substrate and the two ports that they share: all its channels but those of connections. */
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
    private final ChannelGroup channels;
    private int port;
    private boolean closed;

    Links(NettyLoop loop, NettyConfig config, Connections connections) {
        this.loop = loop;
        this.config = config;
        this.connections = connections;
        this.channels = new DefaultChannelGroup(loop.events());
    }

    boolean isNone() {
        return config.links != null && config.links.isEmpty();
    }

    int port() {
        return port;
    }

    /** Opens the ports and all links that can be opened. */
    void open(SubstrateListener listener) throws IOException {
        if (isNone()) {
            return;
        }
        Interfaces interfaces = Interfaces.read();
        Collection<String> names = chosen(interfaces);
        Channel sender = bindPorts(listener);
        for (String name : names) {
            if (closed) {
                return;
            }
            try {
                NettyLink link = open(name, interfaces, sender, listener);
                loop.run(() -> listener.linkUp(link));
            } catch (IOException e) {
                loop.run(() -> listener.linkFailed(name, e));
            }
        }
    }

    private Collection<String> chosen(Interfaces interfaces) throws IOException {
        if (config.links == null) {
            return interfaces.suitable();
        }
        SortedSet<String> known = interfaces.names();
        for (String name : config.links) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(
                        "there is no interface " + name + ", only " + String.join(", ", known));
            }
        }
        return config.links;
    }

    /** Binds TCP and UDP to one port: replies to a multicast come by TCP to the port that it came from by UDP. */
    private Channel bindPorts(SubstrateListener listener) throws IOException {
        for (int tries = 1; ; tries++) {
            Channel server = bind(connections.server(listener), new InetSocketAddress("::", 0));
            InetSocketAddress bound = (InetSocketAddress) server.localAddress();
            try {
                Channel sender = bind(
                        datagrams()
                                .option(ChannelOption.AUTO_READ, false)
                                .option(ChannelOption.SO_RCVBUF, UNREAD_BYTES)
                                // Netty's own option of that name is inverted on NIO.
                                .option(NioChannelOption.of(StandardSocketOptions.IP_MULTICAST_LOOP), true),
                        new InetSocketAddress("::", bound.getPort()));
                port = bound.getPort();
                return sender;
            } catch (IOException e) {
                server.close();
                if (!(e.getCause() instanceof BindException) || tries == MAX_PORT_TRIES) {
                    throw e;
                }
            }
        }
    }

    private NettyLink open(String name, Interfaces interfaces, Channel sender, SubstrateListener listener)
            throws IOException {
        NetworkInterface on = interfaces.up(name);
        int index = on.getIndex();
        Inet6Address linkLocal = interfaces
                .linkLocal(on)
                .orElseThrow(() -> new SocketException("interface " + name + " has no usable link-local address"));
        Inet6Address group = Inet6Address.getByAddress(null, HexFormat.of().parseHex(GROUP), index);
        InetSocketAddress scopedGroup = new InetSocketAddress(group, config.multicastPort);
        // Bound to the group on this interface, and not to the port alone: so the channel tells the link.
        DatagramChannel receiver = (DatagramChannel) bind(
                datagrams()
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .option(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                // One byte more than is taken, so that a datagram that was cut is known as such.
                                new FixedRecvByteBufAllocator(config.maxDatagramBytes + 1)),
                scopedGroup);
        require(receiver.joinGroup(group, on, null), "join " + group);
        NettyLink link = new NettyLink(name, index, linkLocal, config.maxMulticastBytes, receiver, sender, scopedGroup);
        receiver.pipeline().addLast(new Receiver(link, listener));
        return link;
    }

    private Bootstrap datagrams() {
        return new Bootstrap()
                .group(loop.events())
                .channelFactory(() -> new NioDatagramChannel(SocketProtocolFamily.INET6))
                .handler(new ChannelInboundHandlerAdapter());
    }

    private Channel bind(AbstractBootstrap<?, ?> bootstrap, InetSocketAddress address) throws IOException {
        ChannelFuture registered = bootstrap.register();
        require(registered, "open a socket");
        Channel channel = registered.channel();
        channels.add(channel);
        require(channel.bind(address), "bind to " + address);
        return channel;
    }

    /** Fails if an operation did. On the channel's own loop NIO has registered, bound and joined when the calls return. */
    private static void require(ChannelFuture operation, String what) throws IOException {
        if (!operation.isSuccess()) {
            if (operation.channel().isRegistered()) {
                operation.channel().close();
            }
            throw new IOException("cannot " + what, operation.cause());
        }
    }

    /** Closes all channels; no link is reported down. */
    void close() {
        closed = true;
        port = 0;
        channels.close();
    }

    /** Hands on what comes in on one link. */
    private final class Receiver extends SimpleChannelInboundHandler<DatagramPacket> {
        private final NettyLink link;
        private final SubstrateListener listener;

        Receiver(NettyLink link, SubstrateListener listener) {
            this.link = link;
            this.listener = listener;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
            if (closed) {
                return;
            }
            if (packet.content().readableBytes() > config.maxDatagramBytes) {
                loop.run(() -> listener.dropped(SubstrateDrop.MESSAGE_TOO_LONG));
                return;
            }
            byte[] message = ByteBufUtil.getBytes(packet.content());
            ReplyPath replyPath = connections.replyPath(packet.sender());
            loop.run(() -> listener.linkMessage(link, message, replyPath));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            loop.run(() -> listener.linkFailed(link.name(), cause));
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (!closed) {
                loop.run(() -> listener.linkDown(link));
            }
        }
    }
}
