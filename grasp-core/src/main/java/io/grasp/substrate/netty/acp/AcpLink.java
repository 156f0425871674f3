package io.grasp.substrate.netty.acp;

import io.grasp.substrate.Completion;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.netty.NettyLoop;
import io.grasp.substrate.netty.acp.LinkMessages.InstanceId;
import io.grasp.wire.MessageType;
import io.netty.channel.Channel;
import io.netty.channel.socket.SocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/** An interface of the Autonomic Control Plane: a message to all neighbors is sent to each of them by TCP. */
@SuppressWarnings("FutureReturnValueIgnored") // of close(): on its own loop NIO has closed when it returns
final class AcpLink implements Link {
    private final VirtualInterface at;
    private final Channel server;
    private final SubstrateListener listener;
    private final LinkNeighbors neighbors;
    private boolean up;

    /**
     * @param server accepts the neighbors' connections
     * @param port its port
     * @param firstReports called once, when the neighbors are known, as far as they are at first
     */
    AcpLink(
            NettyLoop loop,
            AcpConfig config,
            VirtualInterface at,
            Channel server,
            int port,
            SubstrateListener listener,
            InstanceId instance,
            Runnable firstReports) {
        this.at = at;
        this.server = server;
        this.listener = listener;
        this.neighbors = new LinkNeighbors(loop, config, this, listener, instance, port, firstReports);
    }

    /** Begins to connect to neighbors; the listener knows the link. */
    void open() {
        up = true;
        neighbors.open();
    }

    void accepted(SocketChannel channel) {
        neighbors.accepted(channel);
    }

    void received(byte[] message, ReplyPath back) {
        if (up) {
            listener.linkMessage(this, message, back);
        }
    }

    VirtualInterface at() {
        return at;
    }

    List<AcpNeighbor> neighbors() {
        return neighbors.neighbors();
    }

    @Override
    public String name() {
        return at.name();
    }

    @Override
    public int index() {
        return at.index();
    }

    @Override
    public InetAddress linkLocalAddress() {
        return at.linkLocalAddress();
    }

    @Override
    public int maxMulticastBytes() {
        return UNBOUNDED;
    }

    @Override
    public boolean repliesInBand() {
        return true;
    }

    @Override
    public boolean carries(int type) {
        return type == MessageType.M_DISCOVERY
                || type == MessageType.M_FLOOD
                || type == MessageType.M_RESPONSE
                || type == MessageType.M_NOOP;
    }

    /** {@return the failure of a message of another type} */
    IOException notCarried() {
        return new IOException(
                "link " + name() + " carries only M_DISCOVERY, M_RESPONSE and M_FLOOD" + " (RFC 8994 section 6.9.2)");
    }

    @Override
    public void multicast(byte[] message, Completion sent) {
        IOException closed = neighbors.closedFailure();
        if (closed != null) {
            sent.done(closed);
        } else if (!carries(LinkMessages.type(message))) {
            sent.done(notCarried());
        } else {
            neighbors.multicast(message, sent);
        }
    }

    /**
     * Closes the link and its connections.
     *
     * @param gracefully whether what is under way is still sent
     * @param gone called on a later turn of the loop
     */
    void close(boolean gracefully, Runnable gone) {
        up = false;
        server.close();
        neighbors.close(gracefully, gone);
    }
}
