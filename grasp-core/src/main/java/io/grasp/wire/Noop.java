package io.grasp.wire;

/** M_NOOP (RFC 8990 section 2.8.13): initializes a connection, silently ignored. */
public record Noop() implements GraspMessage {
    @Override
    public int type() {
        return MessageType.M_NOOP;
    }
}
