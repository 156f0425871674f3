package io.grasp.substrate;

import java.net.InetSocketAddress;

/** A reliable, ordered, two-way stream of bytes with a peer. All methods are called on the loop. */
public interface Connection {
    /** {@return the peer's address and port, for a connection still being opened the ones it is opened to} */
    InetSocketAddress remote();

    /**
     * Sends bytes: in one write and one flush, so that a peer which takes what one read returns for one message finds
     * one. Before the connection is open the bytes wait for it.
     *
     * @param bytes what to send; MUST NOT be changed afterwards
     * @param flushed told when the bytes have been handed to the transport, or with the failure; may be told before
     *     this method returns. MUST be told also when the connection closes first
     */
    void send(byte[] bytes, Completion flushed);

    /**
     * Closes the connection in good order once all sent bytes are flushed; a connection still being opened with
     * nothing sent is given up. {@link ConnectionListener#closed} follows. Closing again does nothing.
     */
    void close();

    /** Closes the connection at once, dropping what is not flushed. {@link ConnectionListener#closed} follows. */
    void abort();
}
