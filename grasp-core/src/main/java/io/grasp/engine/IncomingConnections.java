package io.grasp.engine;

import io.grasp.engine.channel.ConnectionAcceptor;
import io.grasp.engine.channel.MessageChannel;
import io.grasp.engine.channel.PeerConnections;
import io.grasp.engine.node.EngineContext;
import io.grasp.engine.registry.Registry;
import io.grasp.observe.DropReason;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Connections that peers open; the first message determines their purpose. Bounds the number of those that still wait
 * for it.
 */
final class IncomingConnections {
    private final EngineContext context;
    private final Registry registry;
    private final Dispatcher dispatcher;
    private final PeerConnections peers;
    private int waiting;

    IncomingConnections(EngineContext context, Registry registry, Dispatcher dispatcher) {
        this.context = context;
        this.registry = registry;
        this.dispatcher = dispatcher;
        this.peers = new PeerConnections(context.limits.connectionsPerPeer());
    }

    /** See {@link ConnectionAcceptor}. */
    ConnectionListener accept(Connection connection, MessagePath path, @Nullable String localAsa) {
        boolean full = waiting >= context.limits.connections();
        InetAddress peer = connection.remote().getAddress();
        MessageChannel channel = new MessageChannel(context, localAsa);
        waiting++;
        channel.handler(new IncomingConnection(context, dispatcher, channel, peer, () -> waiting--));
        channel.attachOpened(connection, path);
        channel.maxBytes(registry.maxBytes());
        if (channel.isLoopback()) {
            // our own ASAs are bounded by the limits on sessions
        } else if (peers.begin(peer)) {
            channel.onGone(() -> peers.end(peer));
        } else {
            channel.drop(DropReason.PEER_CONNECTIONS);
            channel.abort(); // a graceful close would keep the peer's slot for longer
            return channel;
        }
        DropReason refused = full ? DropReason.SILENT_CONNECTIONS : refused(connection, path);
        if (refused != null) {
            channel.drop(refused);
            channel.close();
        }
        return channel;
    }

    private @Nullable DropReason refused(Connection connection, MessagePath path) {
        if (!context.isSecure()) {
            return DropReason.NO_SECURITY;
        }
        return path.kind() == MessagePath.Kind.LOOPBACK
                ? null
                : context.dull.connectionSource(connection.remote().getAddress());
    }

    /** {@return the number of connections that wait for their first message} */
    int waiting() {
        return waiting;
    }
}
