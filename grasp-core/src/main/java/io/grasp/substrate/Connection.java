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
     * Stops reading, or goes on with it; a connection reads at first. While reading is stopped the listener MUST NOT be
     * told what comes in, nor that the peer has ended its direction: it waits in a bounded space, so that in the end
     * what the peer sends is not flushed any more. That the connection broke may also be told only when reading goes
     * on. Closing the connection ends the stop.
     *
     * @param on whether to read
     */
    void reading(boolean on);

    /**
     * Closes the connection in good order once all sent bytes are flushed; a connection still being opened with
     * nothing sent is given up. {@link ConnectionListener#closed} follows; what comes in before MAY be told still.
     * Closing again does nothing.
     */
    void close();

    /** Closes the connection at once, dropping what is not flushed. {@link ConnectionListener#closed} follows. */
    void abort();
}
