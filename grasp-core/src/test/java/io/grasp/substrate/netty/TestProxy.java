package io.grasp.substrate.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** Stands between two nodes: it splits what it passes on into single bytes, stops, or resets. */
final class TestProxy implements AutoCloseable {
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final List<Channel> channels = new CopyOnWriteArrayList<>();
    private final List<Channel> bothEnds = new CopyOnWriteArrayList<>();
    private final Channel server;
    private volatile InetSocketAddress target;
    private final boolean singleBytes;

    TestProxy(InetSocketAddress target, boolean singleBytes) {
        this.target = target;
        this.singleBytes = singleBytes;
        server = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.ALLOCATOR, UnpooledByteBufAllocator.DEFAULT)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel accepted) {
                        connect(accepted);
                    }
                })
                .bind(new InetSocketAddress("::1", 0))
                .syncUninterruptibly()
                .channel();
    }

    int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    /** New connections lead to another address. */
    void leadTo(InetSocketAddress other) {
        target = other;
    }

    private void connect(SocketChannel accepted) {
        accepted.config().setAutoRead(false);
        Relay forth = new Relay();
        accepted.pipeline().addLast(forth);
        Relay back = new Relay();
        back.to = accepted;
        new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.ALLOCATOR, UnpooledByteBufAllocator.DEFAULT)
                .handler(back)
                .connect(target)
                .addListener(connected -> {
                    if (connected.isSuccess()) {
                        accepted.config().setAutoRead(true);
                    } else {
                        accepted.close();
                    }
                })
                .channel()
                .closeFuture()
                .addListener(closed -> accepted.close());
        channels.add(accepted);
    }

    /** Keeps what is open, and accepts nothing any more. */
    void stopAccepting() {
        server.close().syncUninterruptibly();
    }

    /** Reads nothing any more, or everything again. */
    void reading(boolean on) {
        channels.forEach(each -> each.config().setAutoRead(on));
        channels.forEach(
                each -> ((Relay) each.pipeline().last()).other().config().setAutoRead(on));
    }

    private final class Relay extends ChannelInboundHandlerAdapter {
        private Channel to;
        private Channel self;

        Channel other() {
            return to;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            self = context.channel();
            bothEnds.add(self);
            if (to != null) {
                ((Relay) to.pipeline().last()).to = self;
            }
            context.fireChannelActive();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            if (singleBytes) {
                while (bytes.isReadable()) {
                    to.writeAndFlush(bytes.readRetainedSlice(1));
                }
                bytes.release();
            } else {
                to.writeAndFlush(bytes);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (to != null) {
                to.close();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }

    @Override
    public void close() {
        server.close().syncUninterruptibly();
        bothEnds.forEach(each -> each.close().syncUninterruptibly()); // the group may end without that
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
