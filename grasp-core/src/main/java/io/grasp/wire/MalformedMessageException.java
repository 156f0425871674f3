package io.grasp.wire;

import io.grasp.cbor.CborException;
import io.grasp.model.SessionId;
import org.jspecify.annotations.Nullable;

/** Thrown for bytes that are not a GRASP message. It has no stack trace, so it is cheap to create. */
public final class MalformedMessageException extends Exception {
    private static final long serialVersionUID = 1L;

    private final CborException.Reason reason;
    private final int offset;
    private final int type;
    private final transient @Nullable SessionId session;

    /** What {@link #type} returns if the message type could not be read. */
    public static final int NO_TYPE = -1;

    MalformedMessageException(int type, @Nullable SessionId session, CborException cause) {
        super(describe(type) + ": " + cause.getMessage(), cause, false, false);
        this.reason = cause.reason();
        this.offset = cause.offset();
        this.type = type;
        this.session = session;
    }

    private static String describe(int type) {
        return type == NO_TYPE ? "not a GRASP message" : "not a valid " + MessageType.name(type);
    }

    /** {@return the offset of the error, in bytes from the beginning of the message} */
    public int offset() {
        return offset;
    }

    /** {@return what is wrong with it} */
    public CborException.Reason reason() {
        return reason;
    }

    /** {@return the MESSAGE_TYPE if it could be read, otherwise {@link #NO_TYPE}} */
    public int type() {
        return type;
    }

    /** {@return the Session ID if it could be read, for an M_INVALID in reply} */
    public @Nullable SessionId session() {
        return session;
    }
}
