package io.grasp.substrate.netty;

import io.netty.bootstrap.AbstractBootstrap;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Opens the channels of one substrate, all but those of connections, and closes what is left of them. */
@SuppressWarnings("FutureReturnValueIgnored") // of close(): on its own loop NIO has closed when it returns
final class Sockets {
    private final NettyLoop loop;
    private final ChannelGroup channels;

    Sockets(NettyLoop loop) {
        this.loop = loop;
        this.channels = new DefaultChannelGroup(loop.events());
    }

    Bootstrap datagrams(SocketProtocolFamily family) {
        return new Bootstrap()
                .group(loop.events())
                .channelFactory(() -> new NioDatagramChannel(family))
                .handler(new ChannelInboundHandlerAdapter());
    }

    Channel bind(AbstractBootstrap<?, ?> bootstrap, InetSocketAddress address) throws IOException {
        ChannelFuture registered = bootstrap.register();
        require(registered, "open a socket");
        Channel channel = registered.channel();
        channels.add(channel);
        require(channel.bind(address), "bind to " + address);
        return channel;
    }

    /** Fails if an operation did. On the channel's own loop NIO has registered, bound and joined when the calls return. */
    static void require(ChannelFuture operation, String what) throws IOException {
        if (!operation.isSuccess()) {
            if (operation.channel().isRegistered()) {
                operation.channel().close();
            }
            throw new IOException("cannot " + what, operation.cause());
        }
    }

    void close() {
        channels.close();
    }
}
