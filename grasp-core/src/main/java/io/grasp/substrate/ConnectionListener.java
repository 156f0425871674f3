package io.grasp.substrate;

import org.jspecify.annotations.Nullable;

/**
 * Receives the events of a connection. All methods are called on the loop, and never from within a call of the engine
 * into the substrate. The order is: {@link #opened} at most once (and only for a connection that this node opens),
 * {@link #received} any number of times, {@link #inputEnded} at most once, {@link #closed} exactly once and last.
 */
public interface ConnectionListener {
    /** The connection is open. */
    void opened();

    /**
     * Bytes were received; they may be split anywhere.
     *
     * @param bytes the bytes; the listener may keep them, the substrate MUST NOT change them
     */
    void received(byte[] bytes);

    /** The peer has ended its direction: nothing more will be received. The other direction may still be open. */
    void inputEnded();

    /**
     * The connection has ended.
     *
     * @param failure the reason, such as not opened, refused or reset; {@code null} if one of the sides closed it
     *     gracefully
     */
    void closed(@Nullable Throwable failure);
}
