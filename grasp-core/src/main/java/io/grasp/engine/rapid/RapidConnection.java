package io.grasp.engine.rapid;

import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Loop;
import io.grasp.substrate.ReplyPath;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The connection of a rapid answer to the sender of the discovery. It is opened only when there is a message to send,
 * because some peers read from a new connection at once, and do nothing else until the read returns.
 *
 * <pre>
 *   NOT OPENED -- the first message --> OPENED: everything goes to the connection
 *              -- close, abort -------> CLOSED
 * </pre>
 */
final class RapidConnection implements Connection {
    private final Loop loop;
    private final ReplyPath back;
    private final ConnectionListener listener;
    private @Nullable Connection opened;
    private boolean closed;
    private boolean reading = true;

    RapidConnection(Loop loop, ReplyPath back, ConnectionListener listener) {
        this.loop = loop;
        this.back = back;
        this.listener = listener;
    }

    @Override
    public InetSocketAddress remote() {
        return back.source();
    }

    @Override
    public void send(byte[] bytes, Completion flushed) {
        if (closed) {
            flushed.done(new IOException("the connection is closed"));
            return;
        }
        if (opened == null) {
            opened = back.open(listener);
            if (!reading) {
                opened.reading(false);
            }
        }
        opened.send(bytes, flushed);
    }

    @Override
    public void close() {
        if (opened != null) {
            opened.close();
        } else if (!closed) {
            closed = true;
            loop.execute(() -> listener.closed(null));
        }
    }

    @Override
    public void reading(boolean on) {
        reading = on;
        if (opened != null) {
            opened.reading(on);
        }
    }

    @Override
    public void abort() {
        if (opened != null) {
            opened.abort();
        } else {
            close();
        }
    }

    boolean isUsed() {
        return opened != null;
    }
}
