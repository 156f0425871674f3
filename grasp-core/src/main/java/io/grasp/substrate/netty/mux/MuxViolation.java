package io.grasp.substrate.netty.mux;

/** What an end of a connection did against the wire format. The numbers are those of the GOAWAY frame. */
public enum MuxViolation {
    /** The first bytes are not the preface, or one of its fields has an impossible value. */
    BAD_PREFACE(1),
    /** The preface has a version that this end does not know. */
    UNSUPPORTED_VERSION(2),
    /** A frame is longer than allowed, or its length does not suit its type. */
    BAD_LENGTH(3),
    /** A frame has a type that this end does not know and must not ignore. */
    UNKNOWN_TYPE(4),
    /** A stream's number is of the wrong end, out of range, out of order, in use, or was never opened. */
    BAD_STREAM(5),
    /** A stream has carried data after the end of its direction. */
    DATA_AFTER_END(6),
    /** A stream has carried more data than its receiver had granted. */
    CREDIT_EXCEEDED(7),
    /** An amount of credit is zero, or sums up to more than 2^31 - 1. */
    BAD_CREDIT(8),
    /** A link message is longer than its receiver takes. */
    MESSAGE_TOO_LONG(9),
    /** Too many frames that achieve nothing, within one second. */
    FLOOD(10),
    /** The end does not read while it makes this end send replies. */
    REPLIES_NOT_READ(11);

    private final int code;

    MuxViolation(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    /** {@return what a code of a peer means} It may be one of a later version. */
    static String text(int code) {
        for (MuxViolation each : values()) {
            if (each.code == code) {
                return each.name();
            }
        }
        return "code " + Integer.toUnsignedString(code);
    }
}
