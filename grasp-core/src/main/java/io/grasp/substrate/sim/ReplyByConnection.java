package io.grasp.substrate.sim;

import io.grasp.model.PeerIdentity;
import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.sim.SimObserver.Purpose;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The return path of a datagram: a connection to the source of the datagram, whether or not it is forged.
 *
 * @param node the node that received the datagram
 * @param linkIndex the index of the link that a link-local source is on, 0 for any other source
 * @param source the source
 * @param purpose whether the datagram was a multicast
 * @param neighborIdentity what the certificate of the sender says, on a secured link
 */
record ReplyByConnection(
        SimNode node,
        int linkIndex,
        InetSocketAddress source,
        Purpose purpose,
        @Nullable PeerIdentity neighborIdentity) implements ReplyPath {
    /** {@return the return path of a multicast} */
    static ReplyByConnection on(Attachment here, InetSocketAddress source, @Nullable PeerIdentity identity) {
        boolean linkLocal = source.getAddress().isLinkLocalAddress();
        return new ReplyByConnection(
                here.node(), linkLocal ? here.index() : 0, source, Purpose.MULTICAST_REPLY, identity);
    }

    @Override
    public Connection open(ConnectionListener listener) {
        return node.reply(source, linkIndex, purpose, listener);
    }

    @Override
    public Runnable reply(byte[] message, Completion sent) {
        return reply(message, sent, () -> {});
    }

    @Override
    public Runnable reply(byte[] message, Completion sent, Runnable gone) {
        Connection connection = open(new Sending(gone));
        connection.send(message, sent);
        connection.close();
        return connection::abort;
    }

    /** The connection of one reply. */
    private record Sending(Runnable gone) implements ConnectionListener {
        @Override
        public void opened() {
            // the reply is already queued
        }

        @Override
        public void received(byte[] bytes) {
            // a reply gets no answer
        }

        @Override
        public void inputEnded() {
            // this side closes on its own
        }

        @Override
        public void closed(@Nullable Throwable failure) {
            gone.run(); // the completion has reported the result
        }
    }
}
