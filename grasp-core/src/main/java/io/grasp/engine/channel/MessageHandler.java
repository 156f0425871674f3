package io.grasp.engine.channel;

import io.grasp.model.SessionId;
import io.grasp.wire.GraspMessage;
import org.jspecify.annotations.Nullable;

/** Who is told what happens on a message channel. After {@link #closed} nothing more is told. */
public interface MessageHandler {
    /** The channel is open. */
    default void opened() {}

    /** {@return whether it has taken an item that came in as it is, and not as a message} */
    default boolean takesRaw(byte[] item) {
        return false;
    }

    /** A message came in. */
    void received(GraspMessage message, byte[] encoded);

    /**
     * What came in is not a GRASP message.
     *
     * @param what what is wrong with it, and where
     * @param session its Session ID, if that much could be read
     * @param raw what came in, as far as it came
     */
    void malformed(Exception what, @Nullable SessionId session, byte[] raw);

    /** The peer will send nothing more. */
    void inputEnded();

    /** The channel is no more. */
    void closed(@Nullable Throwable failure);
}
