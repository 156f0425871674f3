package io.grasp.substrate.netty.member;

import io.grasp.model.PeerIdentity;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.netty.NettyLoop;
import io.grasp.util.AddressText;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A session whose TLS connection is still being opened.
 *
 * <pre>
 *  WAITING --- there is a connection ---&gt; forwards everything
 *     |
 *     '-- cannot connect, given up ---&gt; ended
 * </pre>
 */
final class DeferredConnection implements Connection {
    private final NettyLoop loop;
    private final InetSocketAddress remote;
    private final ConnectionListener listener;
    private final Queue<Unsent> unsent = new ArrayDeque<>(1);
    private @Nullable Connection inner;
    private boolean reading = true;
    private boolean closing;
    private boolean ended;
    private @Nullable Throwable ending;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Unsent(byte[] bytes, Completion flushed) {}

    DeferredConnection(NettyLoop loop, InetSocketAddress remote, ConnectionListener listener) {
        this.loop = loop;
        this.remote = remote;
        this.listener = listener;
    }

    /** {@return whether nothing needs the connection any more} */
    boolean isOver() {
        return ended || closing && unsent.isEmpty();
    }

    ConnectionListener listener() {
        return listener;
    }

    /** Continues on a connection, whose events the listener gets. */
    void resume(Connection on) {
        inner = on;
        if (!reading) {
            on.reading(false);
        }
        for (Unsent each = unsent.poll(); each != null; each = unsent.poll()) {
            on.send(each.bytes, each.flushed);
        }
        if (closing) {
            on.close();
        }
    }

    /** Ends it; not called from within a call of the engine. */
    void fail(@Nullable Throwable failure) {
        if (ended || inner != null) {
            return;
        }
        ended = true;
        closing = true;
        ending = failure;
        failUnsent();
        loop.run(() -> listener.closed(failure));
    }

    private void failUnsent() {
        for (Unsent each = unsent.poll(); each != null; each = unsent.poll()) {
            Completion flushed = each.flushed;
            loop.run(() -> flushed.done(whyClosed()));
        }
    }

    @Override
    public InetSocketAddress remote() {
        return inner == null ? remote : inner.remote();
    }

    @Override
    public @Nullable PeerIdentity peerIdentity() {
        return inner == null ? null : inner.peerIdentity();
    }

    @Override
    public void send(byte[] bytes, Completion flushed) {
        if (inner != null) {
            inner.send(bytes, flushed);
        } else if (closing) {
            flushed.done(whyClosed());
        } else {
            unsent.add(new Unsent(bytes, flushed));
        }
    }

    @Override
    public void reading(boolean on) {
        reading = on;
        if (inner != null) {
            inner.reading(on);
        }
    }

    @Override
    public void close() {
        if (inner != null) {
            inner.close();
        } else if (!closing) {
            closing = true;
            if (unsent.isEmpty()) {
                giveUp();
            }
        }
    }

    @Override
    public void abort() {
        if (inner != null) {
            inner.abort();
        } else {
            closing = true;
            failUnsent();
            giveUp();
        }
    }

    private void giveUp() {
        loop.execute(() -> fail(null));
    }

    private Throwable whyClosed() {
        return ending != null
                ? ending
                : new IOException("the connection to " + AddressText.onThisHost(remote) + " is closed");
    }
}
