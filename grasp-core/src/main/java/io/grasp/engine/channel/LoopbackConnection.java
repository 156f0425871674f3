package io.grasp.engine.channel;

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
 * One end of a connection between two ASAs of one node. All events are reported on a later turn of the loop, as on any
 * other connection.
 *
 * <pre>
 *   joined --> OPEN ---+ messages in both directions
 *               |  ^---+ the other end closes: our input ends, and further sends fail
 *               |
 *               '-- our close, abort of either end --> ENDED: nothing more is sent
 *                                                        '-- what came before is reported --> CLOSED
 * </pre>
 */
final class LoopbackConnection implements Connection {
    /** Beyond this number of bytes that the other end has not read, a send is not reported as flushed. */
    private static final int MOST_UNREAD_BYTES = 256 * 1024;

    private final Loop loop;
    private final InetSocketAddress address;
    private final Queue<Runnable> events = new ArrayDeque<>();
    private @Nullable LoopbackConnection peer;
    private @Nullable ConnectionListener listener;
    private final Queue<Completion> waiting = new ArrayDeque<>(0);
    private int unread;
    private boolean reading = true;
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
        loop.execute(() -> {
            if (!closed) {
                listener().opened();
            }
        });
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
        other.unread += bytes.length;
        other.report(() -> {
            other.unread -= bytes.length;
            other.listener().received(bytes);
            completeWaiting();
        });
        waiting.add(flushed);
        completeWaiting();
    }

    private void completeWaiting() {
        while (!waiting.isEmpty() && peer().unread <= MOST_UNREAD_BYTES) {
            waiting.remove().done(null);
        }
    }

    @Override
    public void reading(boolean on) {
        if (on == reading || ended) {
            return;
        }
        reading = on;
        if (on) {
            events.forEach(kept -> loop.execute(this::next));
        }
    }

    @Override
    public void close() {
        if (ended) {
            return;
        }
        reading(true);
        ended = true;
        LoopbackConnection other = peer();
        other.report(() -> other.listener().inputEnded());
        report(() -> finish(null));
    }

    @Override
    public void abort() {
        LoopbackConnection other = peer();
        reading(true);
        other.reading(true);
        ended = true;
        other.ended = true;
        report(() -> finish(null));
        other.report(() -> other.finish(new IOException("the connection was reset")));
    }

    private void finish(@Nullable Throwable failure) {
        if (!closed) {
            closed = true;
            while (!waiting.isEmpty()) {
                waiting.remove().done(new IOException("the connection is closed"));
            }
            listener().closed(failure);
        }
    }

    private void report(Runnable event) {
        events.add(event);
        loop.execute(this::next);
    }

    private void next() {
        if (closed) {
            events.clear();
        } else if (reading && !events.isEmpty()) {
            events.remove().run();
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
            throw new IllegalStateException("there is no listener");
        }
        return listener;
    }
}
