package io.grasp.model;

import org.jspecify.annotations.Nullable;

/** Why a value is no such thing as it is asked to be, and where in it. */
final class Misfit extends Exception {
    private static final long serialVersionUID = 1L;

    private static final int MAX_REASON_CHARS = 200;
    private static final String CUT = "...";

    private final Kind kind;
    private final String detail;
    private final String pointer;
    private final @Nullable RuntimeException reported;

    /** What is wrong, in words for the peer. */
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
     * @param detail what is wrong, with everything that helps the author of this node's ASA
     * @param pointer the place as a JSON pointer (RFC 6901), empty for the whole value
     * @param reported what Jackson or a codec has thrown, if it has
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

    /** The failure as one of this node's own making. */
    GraspException local() {
        return because(GraspException.local(GraspErrorCode.CBOR_FAIL, detail));
    }

    /** The failure as one of the peer that sent the value. */
    GraspException peer() {
        return because(GraspException.peer(GraspErrorCode.CBOR_FAIL, detail));
    }

    private GraspException because(GraspException failure) {
        return reported == null ? failure : failure.causedBy(reported);
    }

    /** {@return what to say to the peer: its own names of fields, cut to a bound, and nothing of this node} */
    String reason() {
        String reason = pointer.isEmpty() ? kind.text : kind.text + " at " + pointer;
        if (reason.length() <= MAX_REASON_CHARS) {
            return reason;
        }
        int end = MAX_REASON_CHARS - CUT.length();
        return reason.substring(0, Character.isHighSurrogate(reason.charAt(end - 1)) ? end - 1 : end) + CUT;
    }
}
