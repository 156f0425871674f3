package io.grasp.cbor;

/** Thrown for bytes that are not the expected CBOR. It has no stack trace, so it is cheap to create. */
public final class CborException extends Exception {
    private static final long serialVersionUID = 1L;

    /** The reason. */
    private final Reason reason;
    /** The offset of the fault in the input. */
    private final int offset;

    /** The kind of error. */
    public enum Reason {
        /** The bytes end inside an item. */
        TRUNCATED("the item is cut off"),
        /** Not well-formed (RFC 8949 appendix F). */
        MALFORMED("not well-formed CBOR"),
        /** Bytes follow the item. */
        TRAILING_BYTES("bytes follow the item"),
        /** Longer than the limit. */
        TOO_LARGE("longer than the limit"),
        /** Nested deeper than the limit. */
        TOO_DEEP("nested deeper than the limit"),
        /** More items than the limit. */
        TOO_MANY_ITEMS("more items than the limit"),
        /** Well-formed, but another type of item was expected. */
        UNEXPECTED_TYPE("an item of another type was expected"),
        /** Well-formed, but a string or an array of another length was expected. */
        WRONG_LENGTH("a string or array of another length was expected"),
        /** Well-formed, but the number is out of the range expected. */
        OUT_OF_RANGE("the number is out of range"),
        /** A text string that is not UTF-8: well-formed, but not valid (RFC 8949 section 5.3.1). */
        INVALID_UTF8("the text is not UTF-8");

        private final String text;

        Reason(String text) {
            this.text = text;
        }
    }

    /**
     * An error at a place in the input.
     *
     * @param reason what is wrong
     * @param offset the offset in bytes from the beginning of the input: of the first byte of the wrong item, or of the
     *     end if the input is truncated
     */
    public CborException(Reason reason, int offset) {
        super(reason.text + ", at byte " + offset, null, false, false);
        this.reason = reason;
        this.offset = offset;
    }

    /** {@return what is wrong} */
    public Reason reason() {
        return reason;
    }

    /** {@return the offset of the error, in bytes from the beginning of the input} */
    public int offset() {
        return offset;
    }
}
