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

    /**
     * Opens a connection to the sender, for what is more than one message. It can be used where replies to multicasts
     * do not come {@linkplain Link#repliesInBand in band}, and nowhere else.
     *
     * @param listener told what happens on the connection
     * @return the connection, as {@link Substrate#connect} gives it
     */
    default Connection open(ConnectionListener listener) {
        throw new UnsupportedOperationException("replies come in band");
    }
}
