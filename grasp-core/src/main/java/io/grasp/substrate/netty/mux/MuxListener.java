package io.grasp.substrate.netty.mux;

import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import org.jspecify.annotations.Nullable;

/**
 * Receives the events of a {@link MuxConnection}. All methods are called on the loop, and never from within a call into
 * the connection or one of its streams.
 */
public interface MuxListener {
    /**
     * The peer has opened a stream, and {@link #admits} has just said that it may.
     *
     * @param stream the stream, which is open
     * @return the listener that receives the events of the stream
     */
    ConnectionListener accepted(Connection stream);

    /**
     * Whether the peer may open one more stream now. If not, the stream is refused, and the peer is notified that
     * nothing of it was processed.
     *
     * @return whether it may
     */
    boolean admits();

    /**
     * The peer has sent a link message.
     *
     * @param message the bytes exactly as sent; the listener may keep them
     * @return whether the peer may send any number of such messages; if not, it counts as a frame that achieves
     *     nothing
     */
    boolean message(byte[] message);

    /**
     * The peer closes the connection gracefully: it takes no more streams. Streams that are open continue until they
     * end, or until the peer's time for them is up.
     */
    default void goingAway() {}

    /**
     * The connection and all its streams have ended. Called exactly once, and last.
     *
     * @param failure the reason; {@code null} if one of the ends closed the connection gracefully, or if this end
     *     aborted it without a reason
     */
    void ended(@Nullable Throwable failure);
}
