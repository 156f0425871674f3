package io.grasp.substrate.netty.member;

import io.grasp.model.PeerIdentity;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A session of a peer with a link-local address, whose scope is the index of its link. */
record ScopedConnection(Connection inner, InetSocketAddress remote) implements Connection {
    @Override
    public @Nullable PeerIdentity peerIdentity() {
        return inner.peerIdentity();
    }

    @Override
    public void send(byte[] bytes, Completion flushed) {
        inner.send(bytes, flushed);
    }

    @Override
    public void reading(boolean on) {
        inner.reading(on);
    }

    @Override
    public void close() {
        inner.close();
    }

    @Override
    public void abort() {
        inner.abort();
    }
}
