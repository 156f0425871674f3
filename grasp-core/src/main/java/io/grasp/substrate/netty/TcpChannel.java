package io.grasp.substrate.netty;

import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.nio.channels.SocketChannel;

/** Netty's channel, whose direction can be ended without an exception being made for it, as Netty itself does. */
final class TcpChannel extends NioSocketChannel {
    /** A channel to be connected. */
    TcpChannel() {}

    /** A channel that a peer has opened. */
    TcpChannel(Channel parent, SocketChannel accepted) {
        super(parent, accepted);
    }

    /**
     * Ends our direction: the peer gets all that was sent, and then the end. Called on the loop, when everything is flushed.
     *
     * @throws IOException if the connection is no more
     */
    void endOutput() throws IOException {
        javaChannel().shutdownOutput();
    }
}
