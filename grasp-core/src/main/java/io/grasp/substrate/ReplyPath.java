package io.grasp.substrate;

import java.net.InetSocketAddress;

/**
 * The way back to the sender of a link message. On a datagram link this opens a connection to the address and port
 * that the datagram came from (RFC 8990 section 2.8.5); on a stream link it is the stream that the message came on.
 */
public interface ReplyPath {
    /** {@return the address and port that the message came from: the previous hop's} */
    InetSocketAddress source();

    /**
     * Sends one message back, and closes what was opened for it.
     *
     * @param message the message; MUST NOT be changed afterwards
     * @param sent told when the message has been handed to the transport, or why not; may be told before this method
     *     returns
     */
    void reply(byte[] message, Completion sent);
}
