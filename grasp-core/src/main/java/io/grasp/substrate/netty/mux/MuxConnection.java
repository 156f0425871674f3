package io.grasp.substrate.netty.mux;

import io.grasp.model.PeerIdentity;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Loop;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** One connection with a peer that carries streams, and messages outside of them. All methods are called on the loop. */
public final class MuxConnection {
    private MuxConnection() {}

    /** Takes over a channel. */
    public static MuxConnection attach(
            Channel channel, Loop loop, MuxRole role, MuxConfig config, MuxListener listener) {
        throw new UnsupportedOperationException();
    }

    /** As above, for a peer with another address than the channel's, or with an identity. */
    public static MuxConnection attach(
            Channel channel,
            Loop loop,
            MuxRole role,
            MuxConfig config,
            MuxListener listener,
            InetSocketAddress remote,
            @Nullable PeerIdentity peer) {
        throw new UnsupportedOperationException();
    }

    /** Opens a stream. */
    public Connection open(ConnectionListener listener, InetSocketAddress remote, @Nullable PeerIdentity peer) {
        throw new UnsupportedOperationException();
    }

    /** Sends a link message. */
    public void sendMessage(byte[] message, Completion sent) {
        throw new UnsupportedOperationException();
    }

    /** {@return whether streams can be opened: neither end closes the connection} */
    public boolean isOpen() {
        throw new UnsupportedOperationException();
    }

    /** {@return the number of open streams} */
    public int streams() {
        throw new UnsupportedOperationException();
    }

    /** {@return whether it has had no stream and no message for a time} */
    public boolean isIdleFor(long nanos) {
        throw new UnsupportedOperationException();
    }

    /** Closes the connection gracefully. */
    public void close(Completion closed) {
        throw new UnsupportedOperationException();
    }

    /** Ends the connection at once. */
    public void abort() {
        throw new UnsupportedOperationException();
    }

    /** Ends the connection at once because of a failure. */
    public void abort(Throwable failure) {
        throw new UnsupportedOperationException();
    }
}
