package io.grasp.substrate.netty.member;

import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.netty.NettyLoop;
import io.grasp.substrate.netty.mux.MuxConfig;
import io.grasp.substrate.netty.mux.MuxConnection;
import io.grasp.substrate.netty.mux.MuxListener;
import io.grasp.substrate.netty.mux.MuxProtocolException;
import io.grasp.substrate.netty.mux.MuxRole;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Streams and link messages in one connection. */
final class MuxWire implements Wire, MuxListener {
    /** The name of this protocol in the TLS handshake. */
    static final String PROTOCOL = "io.grasp.mux/1";

    private final SecureChannel channel;
    private final Listener listener;
    private final MuxConnection mux;

    MuxWire(NettyLoop loop, SecureChannel channel, MuxConfig config, InetSocketAddress remote, Listener listener) {
        this.channel = channel;
        this.listener = listener;
        this.mux = MuxConnection.attach(
                channel.channel(),
                loop,
                channel.isClient() ? MuxRole.INITIATOR : MuxRole.ACCEPTOR,
                config,
                this,
                remote,
                channel.peer());
    }

    static MuxConfig config(MemberConfig config) {
        return MuxConfig.defaults()
                .withMaxStreams(config.maxSessionsPerPeer())
                .withMaxMessageBytes(config.maxMessageBytes())
                .withMessageQueueBytes(config.queueBytes())
                .withPrefaceTimeout(Duration.ofMillis(config.handshakeTimeoutMillis()))
                .withCloseTimeout(Duration.ofMillis(config.closeTimeoutMillis()))
                .withKeepalive(
                        Duration.ofMillis(config.keepaliveMillis()), Duration.ofMillis(config.keepaliveMillis()));
    }

    @Override
    public boolean takesStreams() {
        return mux.isOpen();
    }

    @Override
    public Connection open(ConnectionListener ofStream, InetSocketAddress remote) {
        return mux.open(ofStream, remote, channel.peer());
    }

    @Override
    public int streams() {
        return mux.streams();
    }

    @Override
    public int freePlaces() {
        return mux.freePlaces();
    }

    @Override
    public boolean isPaused() {
        return mux.isPaused();
    }

    @Override
    public int ownStreams() {
        return mux.ownStreams();
    }

    @Override
    public void whenPlaceIsFree(Runnable task) {
        mux.whenPlaceIsFree(task);
    }

    @Override
    public void whenUnused(Runnable task) {
        mux.whenUnused(task);
    }

    @Override
    public void whenOpened(Runnable task) {
        mux.whenOpened(task);
    }

    @Override
    public void send(byte[] message, Completion sent) {
        mux.sendMessage(message, sent);
    }

    @Override
    public void sendControl(byte[] message, Completion sent) {
        mux.sendControlMessage(message, sent);
    }

    @Override
    public boolean isIdleFor(long nanos) {
        return mux.isIdleFor(nanos);
    }

    @Override
    public void tick() {
        // it looks after itself
    }

    @Override
    public void close() {
        mux.close(Completion.IGNORED);
    }

    @Override
    public void abort(Throwable failure) {
        mux.abort(failure);
    }

    @Override
    public ConnectionListener accepted(Connection stream) {
        return listener.accepted(stream);
    }

    @Override
    public boolean admits() {
        return listener.admits();
    }

    @Override
    public boolean message(byte[] message) {
        return listener.message(message);
    }

    @Override
    public void goingAway() {
        listener.goingAway();
    }

    @Override
    public void ended(@Nullable Throwable failure) {
        Throwable refused = channel.reason();
        if (refused != null) {
            listener.ended(refused);
        } else {
            listener.ended(
                    failure instanceof MuxProtocolException
                            ? new ProtocolViolation(String.valueOf(failure.getMessage()))
                            : failure);
        }
    }
}
