package io.grasp.substrate.netty;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MaxMessagesRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Handles the connections that a server channel accepts, with one handler for all: a ServerBootstrap would create
 * handlers for each channel.
 */
final class Acceptor extends ChannelInboundHandlerAdapter {
    private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int MOST_IN_A_TURN = 16; // Netty's default

    private final NettyLoop loop;
    private final Consumer<TcpChannel> accept;
    private final Consumer<Throwable> failed;
    private boolean oneByOne;

    /**
     * @param accept receives a channel that is registered with the loop and has not been read yet
     * @param failed receives the reason why a connection could not be accepted
     */
    Acceptor(NettyLoop loop, Consumer<TcpChannel> accept, Consumer<Throwable> failed) {
        this.loop = loop;
        this.accept = accept;
        this.failed = failed;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
        TcpChannel channel = (TcpChannel) accepted;
        if (oneByOne != loop.descriptors().areFew()) {
            // All that are accepted in one turn have descriptors before one of them can be refused, and close later.
            oneByOne = !oneByOne;
            RecvByteBufAllocator reads = context.channel().config().getRecvByteBufAllocator();
            ((MaxMessagesRecvByteBufAllocator) reads).maxMessagesPerRead(oneByOne ? 1 : MOST_IN_A_TURN);
        }
        if (loop.events().register(channel).isSuccess()) { // otherwise Netty has closed it
            accept.accept(channel);
        }
    }

    /**
     * Handles a failed accept, for example without file descriptors: waiting connections would make the loop fail again
     * at once.
     */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (loop.failsBy(cause)) {
            return;
        }
        loop.run(() -> failed.accept(cause));
        ChannelConfig server = context.channel().config();
        server.setAutoRead(false);
        loop.wakeAt(loop.nanoTime() + REST_NANOS, () -> server.setAutoRead(true));
    }
}
