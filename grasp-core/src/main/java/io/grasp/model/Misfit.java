package io.grasp.model;

import org.jspecify.annotations.Nullable;

/** The reason why a value does not fit a type, and the place in the value. */
final class Misfit extends Exception {
    private static final long serialVersionUID = 1L;

    private static final int MAX_REASON_CHARS = 200;
    private static final String CUT = "...";

    private final Kind kind;
    private final String detail;
    private final String pointer;
    private final @Nullable RuntimeException reported;

    /** The kind of error, in words for the peer. */
    enum Kind {
        NO_VALUE("no value"),
        UNKNOWN_FIELD("unknown field"),
        MISSING_FIELD("missing field"),
        INVALID("invalid value");

        private final String text;

        Kind(String text) {
            this.text = text;
        }
    }

    /**
     * @param detail the error, in all detail for the author of this node's ASA
     * @param pointer the place as a JSON pointer (RFC 6901), empty for the whole value
     * @param reported the exception of Jackson or of a codec, if any
     */
    Misfit(Kind kind, String detail, String pointer, @Nullable RuntimeException reported) {
        super(detail, reported, false, false);
        this.kind = kind;
        this.detail = detail;
        this.pointer = pointer;
        this.reported = reported;
    }

    static Misfit noValue() {
        return new Misfit(Kind.NO_VALUE, "the objective has no value", "", null);
    }

    Kind kind() {
        return kind;
    }

    String pointer() {
        return pointer;
    }

    /** The failure with this node as its origin. */
    GraspException local() {
        return because(GraspException.local(GraspErrorCode.CBOR_FAIL, detail));
    }

    /** The failure with the peer that sent the value as its origin. */
    GraspException peer() {
        return because(GraspException.peer(GraspErrorCode.CBOR_FAIL, detail));
    }

    private GraspException because(GraspException failure) {
        return reported == null ? failure : failure.causedBy(reported);
    }

    /** {@return the description for the peer: its own field names, truncated, and no information about this node} */
    String reason() {
        String reason = pointer.isEmpty() ? kind.text : kind.text + " at " + pointer;
        if (reason.length() <= MAX_REASON_CHARS) {
            return reason;
        }
        int end = MAX_REASON_CHARS - CUT.length();
        return reason.substring(0, Character.isHighSurrogate(reason.charAt(end - 1)) ? end - 1 : end) + CUT;
    }
}
