package io.grasp.engine;

import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Loop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection between two ASAs of one node: the link that is always up. Everything is told on a later
 * turn of the loop, as on any other connection.
 */
final class LoopbackConnection implements Connection {
    private final Loop loop;
    private final InetSocketAddress address;
    private final Queue<Runnable> events = new ArrayDeque<>();
    private @Nullable LoopbackConnection peer;
    private @Nullable ConnectionListener listener;
    private boolean ended;
    private boolean closed;

    LoopbackConnection(Loop loop, InetSocketAddress address) {
        this.loop = loop;
        this.address = address;
    }

    static void join(LoopbackConnection a, LoopbackConnection b) {
        a.peer = b;
        b.peer = a;
    }

    void listener(ConnectionListener newListener) {
        listener = newListener;
    }

    void open() {
        tell(listener()::opened);
    }

    @Override
    public InetSocketAddress remote() {
        return address;
    }

    @Override
    public void send(byte[] bytes, Completion flushed) {
        LoopbackConnection other = peer();
        if (ended || other.closed) {
            flushed.done(new IOException("the connection is closed"));
            return;
        }
        other.tell(() -> other.listener().received(bytes));
        flushed.done(null);
    }

    @Override
    public void close() {
        if (ended) {
            return;
        }
        ended = true;
        LoopbackConnection other = peer();
        other.tell(() -> other.listener().inputEnded());
        tell(() -> finish(null));
    }

    @Override
    public void abort() {
        LoopbackConnection other = peer();
        ended = true;
        other.ended = true;
        tell(() -> finish(null));
        other.tell(() -> other.finish(new IOException("the connection was reset")));
    }

    private void finish(@Nullable Throwable failure) {
        if (!closed) {
            closed = true;
            listener().closed(failure);
        }
    }

    private void tell(Runnable event) {
        events.add(event);
        loop.execute(this::next);
    }

    private void next() {
        Runnable event = events.remove();
        if (!closed) {
            event.run();
        }
    }

    private LoopbackConnection peer() {
        if (peer == null) {
            throw new IllegalStateException("not joined");
        }
        return peer;
    }

    private ConnectionListener listener() {
        if (listener == null) {
            throw new IllegalStateException("nobody listens");
        }
        return listener;
    }
}
