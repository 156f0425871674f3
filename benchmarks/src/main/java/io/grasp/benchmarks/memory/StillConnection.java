package io.grasp.benchmarks.memory;

import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A connection that is open, and keeps the last bytes sent on it. */
public final class StillConnection implements Connection {
    private final InetSocketAddress remote;
    private @Nullable ConnectionListener listener;
    private byte[] lastSent = {};
    private boolean closed;

    /**
     * An open connection.
     *
     * @param remote the peer's address
     */
    public StillConnection(InetSocketAddress remote) {
        this.remote = remote;
    }

    /**
     * Sets who listens.
     *
     * @param newListener told what comes in
     */
    public void listener(ConnectionListener newListener) {
        listener = newListener;
    }

    /** {@return what was sent last} */
    public byte[] lastSent() {
        return lastSent;
    }

    /** {@return whether this side has closed it} */
    public boolean isClosed() {
        return closed;
    }

    /**
     * Has the peer send something.
     *
     * @param bytes what it sends
     */
    public void receive(byte[] bytes) {
        requireListener().received(bytes);
    }

    /** The peer ends its direction, and then the connection is no more. */
    public void peerCloses() {
        requireListener().inputEnded();
        requireListener().closed(null);
    }

    private ConnectionListener requireListener() {
        if (listener == null) {
            throw new IllegalStateException("nobody listens");
        }
        return listener;
    }

    @Override
    public InetSocketAddress remote() {
        return remote;
    }

    @Override
    public void send(byte[] bytes, Completion flushed) {
        lastSent = bytes;
        flushed.done(null);
    }

    @Override
    public void reading(boolean on) {
        // nothing comes in but what receive is given
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public void abort() {
        closed = true;
    }
}
