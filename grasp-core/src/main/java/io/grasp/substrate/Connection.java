package io.grasp.substrate;

import io.grasp.model.PeerIdentity;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A reliable, ordered, two-way stream of bytes with a peer. All methods are called on the loop. */
public interface Connection {
    /**
     * {@return the peer's address and port; while the connection is being opened, the address and port that it is being
     * opened to}
     */
    InetSocketAddress remote();

    /**
     * {@return what the peer's certificate says, on a substrate that authenticates its peers, once the connection is
     * open; otherwise {@code null}}
     */
    default @Nullable PeerIdentity peerIdentity() {
        return null;
    }

    /**
     * Sends bytes in one write and one flush, for peers that treat the result of one read as one message. Until the
     * connection is open, the bytes are queued.
     *
     * @param bytes what to send; MUST NOT be changed afterwards
     * @param flushed called when the bytes have been handed to the transport, or with the failure; may be called before
     *     this method returns. MUST be called also if the connection closes first
     */
    void send(byte[] bytes, Completion flushed);

    /**
     * Stops or resumes reading; a new connection reads. While reading is stopped, the listener MUST NOT be notified of
     * received bytes or of the end of the peer's direction. They wait in a bounded buffer, so that in the end the
     * peer's sends are no longer flushed. A failure of the connection may also be reported only when reading resumes.
     * Closing the connection resumes reading.
     *
     * @param on whether to read
     */
    void reading(boolean on);

    /**
     * Closes the connection gracefully once all sent bytes are flushed; a connection that is still being opened, with
     * nothing sent, is abandoned. {@link ConnectionListener#closed} follows; bytes that arrive before it MAY still be
     * reported. Closing again does nothing.
     */
    void close();

    /**
     * Closes the connection at once and drops bytes that are not flushed. {@link ConnectionListener#closed} follows.
     */
    void abort();
}
