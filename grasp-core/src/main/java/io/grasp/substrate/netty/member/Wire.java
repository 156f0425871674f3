package io.grasp.substrate.netty.member;

import io.grasp.substrate.Completion;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** What carries link messages, and perhaps streams, on one TLS connection. All methods are called on the loop. */
interface Wire {
    /** Receives its events, never from within a call into it. */
    interface Listener {
        /** {@return whether the peer may open one more stream} */
        boolean admits();

        /** The peer has opened a stream. */
        ConnectionListener accepted(Connection stream);

        /** The peer has sent a message. {@return whether it may send any number of such messages} */
        boolean message(byte[] message);

        /** The peer closes it and takes no more streams. */
        void goingAway();

        /** It has ended, with everything in it. Called once. */
        void ended(@Nullable Throwable failure);
    }

    /** {@return whether streams can be opened now} */
    boolean takesStreams();

    /** Opens a stream; fails unless {@link #takesStreams}. */
    Connection open(ConnectionListener listener, InetSocketAddress remote);

    /** {@return the number of open streams} */
    int streams();

    /** {@return how many further streams the peer takes now} */
    int freePlaces();

    /** {@return whether there are none because this end opens none for a while, whatever the peer takes} */
    boolean isPaused();

    /** {@return the number of streams of this end that have not ended for the peer} */
    int ownStreams();

    /** Sets what to do when the peer may take one more stream; also from within a call of the engine. */
    void whenPlaceIsFree(Runnable task);

    /** Sets what to do, on a later turn of the loop, each time the last stream has ended. */
    void whenUnused(Runnable task);

    /** Does something when the peer gets the first frames of all streams opened here before what is sent then. */
    void whenOpened(Runnable task);

    /** Sends a message; fails if too many wait. */
    void send(byte[] message, Completion sent);

    /** Sends a small message, also if too many wait. The caller lets only a few wait at one time. */
    void sendControl(byte[] message, Completion sent);

    /** {@return whether it has had no stream and no message for a time} */
    boolean isIdleFor(long nanos);

    /** Does what must be done from time to time; called every few seconds. */
    void tick();

    /** Opens and takes no more streams, and closes when those that are open have ended or taken too long. */
    void close();

    void abort(Throwable failure);
}
