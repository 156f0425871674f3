package io.grasp.substrate.netty;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.nio.channels.SocketChannel;

/**
 * Netty's channel with half-closure and TCP_NODELAY (Netty's default), but without costs that short connections would
 * pay for nothing: system calls that change nothing, and an exception that Netty creates whenever a direction is ended.
 */
final class TcpChannel extends NioSocketChannel {
    /**
     * The most that one read takes, in bytes: two messages of the usual size. What was read stays in memory while the
     * receiver is not ready for it.
     */
    static final int MAX_READ_BYTES = 4096;

    /** One read in a turn of the loop: others are served before the messages in the next one. */
    private static final RecvByteBufAllocator READS =
            new AdaptiveRecvByteBufAllocator(64, 1024, MAX_READ_BYTES).maxMessagesPerRead(1);

    private boolean inputEnded;

    /** A channel to be connected; the caller handles the connect timeout, not Netty. */
    TcpChannel() {
        config().setConnectTimeoutMillis(0);
        configure();
    }

    /** A channel that a peer has opened. */
    TcpChannel(Channel parent, SocketChannel accepted) {
        super(parent, accepted);
        configure();
    }

    private void configure() {
        config().setAllowHalfClosure(true).setRecvByteBufAllocator(READS);
    }

    /**
     * Ends our direction: the peer gets everything that was sent, and then the end. Called on the loop when everything
     * is flushed.
     *
     * @throws IOException if the connection has ended
     */
    void endOutput() throws IOException {
        javaChannel().shutdownOutput();
    }

    /** {@return whether nothing is waiting to be sent} Called on the loop. */
    boolean isFlushed() {
        ChannelOutboundBuffer waiting = unsafe().outboundBuffer();
        return waiting == null || waiting.isEmpty();
    }

    /** Only Netty calls this, after it has read the end of the peer's direction, so no system call is needed. */
    @Override
    public ChannelFuture shutdownInput() {
        inputEnded = true;
        return newSucceededFuture();
    }

    @Override
    public boolean isInputShutdown() {
        return inputEnded || !isActive();
    }

    /** Netty reads SO_LINGER before each close, to avoid blocking; here it is never above 0. */
    @Override
    protected AbstractNioUnsafe newUnsafe() {
        return new NioByteUnsafe() {};
    }
}
