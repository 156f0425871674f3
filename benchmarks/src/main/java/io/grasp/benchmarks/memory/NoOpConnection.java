package io.grasp.benchmarks.memory;

import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A connection that is always open, and stores the last bytes sent on it. */
public final class NoOpConnection implements Connection {
    private final InetSocketAddress remote;
    private @Nullable ConnectionListener listener;
    private byte[] lastSent = {};
    private boolean closed;

    /**
     * Creates an open connection.
     *
     * @param remote the peer's address
     */
    public NoOpConnection(InetSocketAddress remote) {
        this.remote = remote;
    }

    /**
     * Sets the listener.
     *
     * @param newListener receives the events of the connection
     */
    public void listener(ConnectionListener newListener) {
        listener = newListener;
    }

    /** {@return the bytes sent last} */
    public byte[] lastSent() {
        return lastSent;
    }

    /** {@return whether this side has closed it} */
    public boolean isClosed() {
        return closed;
    }

    /**
     * Receives bytes from the peer.
     *
     * @param bytes the bytes
     */
    public void receive(byte[] bytes) {
        requireListener().received(bytes);
    }

    /** Lets the peer end its direction, and then closes the connection. */
    public void peerCloses() {
        requireListener().inputEnded();
        requireListener().closed(null);
    }

    private ConnectionListener requireListener() {
        if (listener == null) {
            throw new IllegalStateException("there is no listener");
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
        // input comes only from receive
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
