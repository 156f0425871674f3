package io.grasp.engine.rapid;

import io.grasp.engine.channel.ReplyPlaces;
import io.grasp.model.PeerIdentity;
import io.grasp.observe.MessagePath;
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
 *              -- close, abort, too many answers are being sent --> CLOSED
 * </pre>
 *
 * Until the peer has accepted it, it has a place among the answers that are being sent, and may lose it to others.
 */
final class RapidConnection implements Connection {
    private final Loop loop;
    private final ReplyPath back;
    private final ReplyPlaces places;
    private final MessagePath asked;
    private final ConnectionListener listener;
    private @Nullable Connection opened;
    private boolean closed;
    private boolean reading = true;
    private boolean refused;
    private boolean accepted;

    /**
     * @param places the places of answers
     * @param asked the path of the discovery
     */
    RapidConnection(Loop loop, ReplyPath back, ReplyPlaces places, MessagePath asked, ConnectionListener listener) {
        this.loop = loop;
        this.back = back;
        this.places = places;
        this.asked = asked;
        this.listener = listener;
    }

    @Override
    public InetSocketAddress remote() {
        return back.source();
    }

    @Override
    public @Nullable PeerIdentity peerIdentity() {
        return opened == null ? asked.identity() : opened.peerIdentity();
    }

    @Override
    public void send(byte[] bytes, Completion flushed) {
        if (closed) {
            flushed.done(new IOException("the connection is closed"));
            return;
        }
        if (opened == null) {
            opened = open();
        }
        if (opened == null) {
            closed = true;
            refused = true;
            IOException failure = new IOException("too many replies are in progress");
            flushed.done(failure);
            loop.execute(() -> listener.closed(failure));
            return;
        }
        opened.send(bytes, flushed);
    }

    private @Nullable Connection open() {
        ReplyPlaces.PendingReply pending = places.takeForSession(asked);
        if (pending == null) {
            return null;
        }
        Connection connection = back.open(new Opening(pending));
        pending.onGivenUp(connection::abort);
        if (!reading) {
            connection.reading(false);
        }
        return connection;
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

    /** {@return whether the peer has not accepted it, although there was a message to send} */
    boolean isUnreachable() {
        return refused || opened != null && !accepted;
    }

    /** Leaves the place when the peer has accepted the connection, or will not. */
    private final class Opening implements ConnectionListener {
        private final ReplyPlaces.PendingReply pending;

        Opening(ReplyPlaces.PendingReply pending) {
            this.pending = pending;
        }

        @Override
        public void opened() {
            accepted = true;
            pending.end(null);
            listener.opened();
        }

        @Override
        public void received(byte[] bytes) {
            listener.received(bytes);
        }

        @Override
        public void inputEnded() {
            listener.inputEnded();
        }

        @Override
        public void closed(@Nullable Throwable failure) {
            if (!accepted) {
                pending.end(failure == null ? new IOException("the connection was given up") : failure);
            }
            listener.closed(failure);
        }
    }
}
