package io.grasp.substrate.netty;

import io.grasp.util.AddressText;
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
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import org.jspecify.annotations.Nullable;

/** Opens the channels of one substrate, except those of connections, and closes the remaining ones. */
@SuppressWarnings("FutureReturnValueIgnored") // of close(): on its own loop NIO has closed when it returns
final class BoundChannels {
    private final NettyLoop loop;
    private final ChannelGroup channels;

    BoundChannels(NettyLoop loop) {
        this.loop = loop;
        this.channels = new DefaultChannelGroup(loop.events());
    }

    /**
     * {@return whether this process can use IPv6} This opens a socket to find out, because IPv6 can be disabled in many
     * ways.
     */
    static boolean isIpv6Available() {
        try (DatagramChannel probe = DatagramChannel.open(StandardProtocolFamily.INET6)) {
            try {
                probe.bind(new InetSocketAddress("::", 0));
                return true;
            } catch (IOException e) {
                return false;
            }
        } catch (UnsupportedOperationException e) {
            return false;
        } catch (IOException e) {
            return true; // for example without file descriptors: the next attempt to open a socket reports it
        }
    }

    Bootstrap datagrams(SocketProtocolFamily family) {
        return new Bootstrap()
                .group(loop.events())
                .channelFactory(() -> new NioDatagramChannel(family))
                .handler(new ChannelInboundHandlerAdapter());
    }

    /** Binds a socket to one of the node's own ports, which may be in use. */
    Channel bind(AbstractBootstrap<?, ?> bootstrap, InetSocketAddress address, String protocol) throws IOException {
        try {
            return bind(bootstrap, address);
        } catch (IOException e) {
            if (!(e.getCause() instanceof BindException)) {
                throw e;
            }
            boolean inUse = why(e).endsWith("in use");
            BindException failure = new BindException(
                    inUse ? protocol + " port " + address.getPort() + " is already in use" : e.getMessage());
            failure.initCause(e);
            throw failure;
        }
    }

    Channel bind(AbstractBootstrap<?, ?> bootstrap, InetSocketAddress address) throws IOException {
        ChannelFuture registered = bootstrap.register();
        require(registered, "open a socket");
        Channel channel = registered.channel();
        channels.add(channel);
        loop.track(channel);
        require(channel.bind(address), "bind to " + AddressText.of(address));
        return channel;
    }

    /**
     * Throws if an operation failed. On the channel's own loop, NIO has registered, bound and joined when the calls
     * return.
     */
    static void require(ChannelFuture operation, String what) throws IOException {
        if (!operation.isSuccess()) {
            if (operation.channel().isRegistered()) {
                operation.channel().close();
            }
            throw new IOException("cannot " + what + ": " + why(operation.cause()), operation.cause());
        }
    }

    /** {@return the system's message, such as "address already in use" or "permission denied"} */
    static String why(@Nullable Throwable failure) {
        Throwable root = failure;
        while (root != null && root.getCause() != null) {
            root = root.getCause();
        }
        String message = root == null ? null : root.getMessage();
        if (message == null || message.isBlank()) {
            return root == null ? "for an unknown reason" : root.getClass().getSimpleName();
        }
        return Character.toLowerCase(message.charAt(0)) + message.substring(1);
    }

    void close() {
        channels.close();
    }
}
