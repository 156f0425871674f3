package io.grasp.wire;

import io.grasp.model.SessionId;
import org.jspecify.annotations.Nullable;

/** M_NOOP (RFC 8990 section 2.8.13): initializes a connection, silently ignored. */
public record Noop() implements GraspMessage {
    @Override
    public int type() {
        return MessageType.M_NOOP;
    }

    @Override
    public @Nullable SessionId session() {
        return null;
    }
}
