package io.grasp.benchmarks.mux;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The two event loops of a contender, and connections between them over loopback. */
@SuppressWarnings("FutureReturnValueIgnored") // of what is reported otherwise
final class Ends implements AutoCloseable {
    private final EventLoopGroup responders = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoopGroup initiators = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final @Nullable TestTls tls;
    private final Channel server;

    /**
     * @param tls what authenticates both ends, {@code null} for plain TCP
     * @param accepted prepares a connection that the responder has accepted, when its handshake is complete
     */
    Ends(@Nullable TestTls tls, Consumer<Channel> accepted) {
        this.tls = tls;
        ChannelFuture bound = new ServerBootstrap()
                .group(responders)
                .channel(NioServerSocketChannel.class)
                .childHandler(initializer(true, accepted, () -> {}))
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly();
        server = bound.channel();
    }

    EventLoop initiator() {
        return initiators.next();
    }

    /**
     * Opens a connection, and prepares it when its handshake is complete.
     *
     * @param failed called if it is not opened, or its handshake fails
     */
    void connect(Consumer<Channel> opened, Runnable failed) {
        InetSocketAddress to = (InetSocketAddress) server.localAddress();
        new Bootstrap()
                .group(initiators)
                .channel(NioSocketChannel.class)
                .handler(initializer(false, opened, failed))
                .connect(to)
                .addListener(connected -> {
                    if (!connected.isSuccess()) {
                        failed.run();
                    }
                });
    }

    private ChannelInitializer<Channel> initializer(boolean isServer, Consumer<Channel> ready, Runnable failed) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                if (tls != null) {
                    channel.pipeline().addLast(new SslHandler(tls.engine(isServer)));
                }
                channel.pipeline().addLast(new Ready(tls != null, ready, failed));
            }
        };
    }

    /** Waits for the connection, or for its handshake. */
    private static final class Ready extends ChannelInboundHandlerAdapter {
        private final boolean secured;
        private final Consumer<Channel> ready;
        private final Runnable failed;

        Ready(boolean secured, Consumer<Channel> ready, Runnable failed) {
            this.secured = secured;
            this.ready = ready;
            this.failed = failed;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            if (!secured) {
                begin(context);
            } else {
                context.fireChannelActive();
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent handshake) {
                if (handshake.isSuccess()) {
                    begin(context);
                } else {
                    failed.run();
                }
            } else {
                context.fireUserEventTriggered(event);
            }
        }

        private void begin(ChannelHandlerContext context) {
            context.pipeline().remove(this);
            ready.accept(context.channel());
        }
    }

    @Override
    public void close() {
        initiators.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        responders.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
