package io.grasp.model;

import java.util.Objects;

/**
 * A received value does not fit: thrown by the decoding function of
 * {@link ObjectiveCodec#of(java.util.function.Function, java.util.function.Function)} in order to name the place. The
 * peer receives the place; the message is for the author of this node's ASA.
 */
public final class UnfitValueException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The place. */
    private final String pointer;

    /**
     * An error at a place in a value.
     *
     * @param pointer the place as a JSON pointer (RFC 6901), empty for the whole value; the peer reads it, so it
     *     describes the peer's value only
     * @param error what is wrong
     */
    public UnfitValueException(String pointer, String error) {
        super(pointer.isEmpty() ? error : error + ", at " + pointer, null, false, false);
        this.pointer = Objects.requireNonNull(pointer, "pointer");
    }

    /** {@return the place in the value as a JSON pointer, empty for the whole value} */
    public String pointer() {
        return pointer;
    }
}
