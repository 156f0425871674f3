package io.grasp.substrate.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.nio.channels.SocketChannel;

/**
 * Netty's channel, with TCP_NODELAY as Netty has it by default and with half-closure, but without what each short
 * connection would pay for nothing: system calls that change nothing, and an exception that is made whenever a
 * direction is ended.
 */
final class TcpChannel extends NioSocketChannel {
    private boolean inputEnded;

    /** A channel to be connected; how long that may take is the caller's business, not Netty's. */
    TcpChannel() {
        config().setAllowHalfClosure(true).setConnectTimeoutMillis(0);
    }

    /** A channel that a peer has opened. */
    TcpChannel(Channel parent, SocketChannel accepted) {
        super(parent, accepted);
        config().setAllowHalfClosure(true);
    }

    /**
     * Ends our direction: the peer gets all that was sent, and then the end. Called on the loop, when everything is
     * flushed.
     *
     * @throws IOException if the connection is no more
     */
    void endOutput() throws IOException {
        javaChannel().shutdownOutput();
    }

    /** {@return whether nothing waits to be sent} Called on the loop. */
    boolean isFlushed() {
        ChannelOutboundBuffer waiting = unsafe().outboundBuffer();
        return waiting == null || waiting.isEmpty();
    }

    /** Only Netty calls this, having read the end of the peer's direction: the system need not be told. */
    @Override
    public ChannelFuture shutdownInput() {
        inputEnded = true;
        return newSucceededFuture();
    }

    @Override
    public boolean isInputShutdown() {
        return inputEnded || !isActive();
    }

    /** Netty's own asks the system for SO_LINGER before each close, lest that block; ours is never above 0. */
    @Override
    protected AbstractNioUnsafe newUnsafe() {
        return new NioByteUnsafe() {};
    }
}
