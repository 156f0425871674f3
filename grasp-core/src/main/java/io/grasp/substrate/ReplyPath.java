package io.grasp.substrate;

import io.grasp.model.PeerIdentity;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The return path to the sender of a link message. On a datagram link this opens a connection, with the substrate's
 * transport, to the address and port that the datagram came from: a node accepts connections at the port from which it
 * sends multicasts (RFC 8990 section 2.8.5). On a stream link it is the stream that the message came on.
 */
public interface ReplyPath {
    /** {@return the address and port that the message came from, which are those of the previous hop} */
    InetSocketAddress source();

    /**
     * {@return what the certificate of the previous hop says, if the substrate authenticates it; otherwise {@code
     * null}}
     */
    default @Nullable PeerIdentity neighborIdentity() {
        return null;
    }

    /**
     * Sends one message back, and closes the connection that was opened for it, if any.
     *
     * @param message the message; MUST NOT be changed afterwards
     * @param sent called when the message has been handed to the transport, or with the failure; may be called before
     *     this method returns
     * @return gives the reply up: {@code sent} is called with a failure, unless the message has already been handed to
     *     the transport. It is called on the loop, at most once, and then the connection need not be closed in good
     *     order
     */
    Runnable reply(byte[] message, Completion sent);

    /**
     * Sends one message back, and reports when nothing is left of it. A connection that was opened for the message may
     * last longer than the sending, because the receiver closes it.
     *
     * @param message the message; MUST NOT be changed afterwards
     * @param sent as above
     * @param gone called once, after {@code sent}, when the connection that was opened for the message has ended; at
     *     once if there is none
     * @return gives the reply up, as above; if the message has been sent, resets the connection that was opened for it
     */
    default Runnable reply(byte[] message, Completion sent, Runnable gone) {
        return reply(message, failure -> {
            sent.done(failure);
            gone.run();
        });
    }

    /**
     * Opens a connection to the sender, for more than one message. Supported only on links where replies to multicasts
     * do not come {@linkplain Link#repliesInBand in band}.
     *
     * @param listener receives the events of the connection
     * @return the connection, as {@link Substrate#connect} returns it
     */
    default Connection open(ConnectionListener listener) {
        throw new UnsupportedOperationException("replies come in band");
    }
}
