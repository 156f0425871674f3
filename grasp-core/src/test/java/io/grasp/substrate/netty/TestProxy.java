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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Stands between two nodes: it splits what it passes on into single bytes, stops, drops, shows, changes, or resets. */
final class TestProxy implements AutoCloseable {
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    /** Both ends of what is open. */
    private final List<Relay> relays = new CopyOnWriteArrayList<>();

    private final Channel server;
    private volatile InetSocketAddress target;
    private final boolean singleBytes;
    private volatile int resetsAfter = Integer.MAX_VALUE;
    private volatile boolean drops;
    private volatile Consumer<ByteBuf> watcher = bytes -> {};
    private final AtomicInteger accepted = new AtomicInteger();

    TestProxy(InetSocketAddress target, boolean singleBytes) {
        this.target = target;
        this.singleBytes = singleBytes;
        server = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.ALLOCATOR, UnpooledByteBufAllocator.DEFAULT)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        accepted.incrementAndGet();
                        connect(channel);
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

    /**
     * New connections are reset when more than a number of bytes have come from the node that has opened them; with a
     * negative number at once.
     */
    void resetAfter(int bytes) {
        resetsAfter = bytes;
    }

    /** Everything is shown to a watcher before it is passed on; the watcher may change it. */
    void watch(Consumer<ByteBuf> newWatcher) {
        watcher = newWatcher;
    }

    /** New connections are open, but nothing passes in them. */
    void drop(boolean value) {
        drops = value;
    }

    /** Nothing passes any more in the connections that are open. */
    void dropOpen() {
        group.execute(() -> relays.forEach(each -> each.drops = true));
    }

    /** Resets the connections that are open, at both ends. */
    void reset() {
        group.execute(() -> relays.forEach(each -> reset(each.self)));
    }

    /** Resets the connections that are open and in which nothing passes any more. */
    void resetDropped() {
        group.execute(() ->
                relays.stream().filter(each -> each.drops || each.other.drops).forEach(each -> reset(each.self)));
    }

    private static void reset(Channel channel) {
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        }
    }

    /** {@return how many connections it has accepted} */
    int accepted() {
        return accepted.get();
    }

    private void connect(SocketChannel accepted) {
        accepted.config().setAutoRead(false);
        Relay forth = new Relay();
        forth.resetsAfter = resetsAfter;
        forth.drops = drops;
        Relay back = new Relay();
        forth.other = back;
        back.other = forth;
        forth.self = accepted;
        accepted.pipeline().addLast(forth);
        new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.ALLOCATOR, UnpooledByteBufAllocator.DEFAULT)
                .handler(back)
                .connect(target)
                .addListener(connected -> {
                    if (!connected.isSuccess()) {
                        accepted.close();
                    } else if (forth.resetsAfter < 0) {
                        reset(accepted);
                    } else {
                        accepted.config().setAutoRead(true);
                    }
                })
                .channel()
                .closeFuture()
                .addListener(closed -> accepted.close());
    }

    /** Keeps what is open, and accepts nothing any more. */
    void stopAccepting() {
        server.close().syncUninterruptibly();
    }

    /** Reads nothing any more, or everything again. */
    void reading(boolean on) {
        relays.forEach(each -> each.self.config().setAutoRead(on));
    }

    private final class Relay extends ChannelInboundHandlerAdapter {
        private Relay other;
        private Channel self;
        private int resetsAfter = Integer.MAX_VALUE;
        private boolean drops;

        @Override
        public void channelActive(ChannelHandlerContext context) {
            self = context.channel();
            if (!other.isOpenOrConnecting()) {
                self.close();
                return;
            }
            relays.add(this);
            context.fireChannelActive();
        }

        private boolean isOpenOrConnecting() {
            return self == null || self.isOpen();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            watcher.accept(bytes);
            resetsAfter -= bytes.readableBytes();
            Channel to = other.self;
            if (drops || other.drops) {
                bytes.release();
            } else if (resetsAfter < 0) {
                bytes.release();
                reset(self);
                reset(to);
            } else if (singleBytes) {
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
            relays.remove(this);
            if (other.self != null) {
                other.self.close();
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
        relays.forEach(each -> each.self.close().syncUninterruptibly()); // the group may end without that
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
