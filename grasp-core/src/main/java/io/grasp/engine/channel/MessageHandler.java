package io.grasp.engine.channel;

import io.grasp.model.SessionId;
import io.grasp.wire.GraspMessage;
import org.jspecify.annotations.Nullable;

/** Receives the events of a message channel. {@link #closed} is the last one. */
public interface MessageHandler {
    /** The channel is open. */
    default void opened() {}

    /** {@return whether it has accepted an item as raw data, not as a message} */
    default boolean takesRaw(byte[] item) {
        return false;
    }

    /** A message came in. */
    void received(GraspMessage message, byte[] encoded);

    /**
     * The input is not a GRASP message.
     *
     * @param what the error, and its position
     * @param session its Session ID, if it could be read
     * @param raw the input, as far as it was received
     */
    void malformed(Exception what, @Nullable SessionId session, byte[] raw);

    /** The peer has ended its direction. */
    void inputEnded();

    /** The channel has ended. */
    void closed(@Nullable Throwable failure);

    /** {@return whether messages may be sent because of received ones} */
    default boolean mayAnswer() {
        return true;
    }
}
