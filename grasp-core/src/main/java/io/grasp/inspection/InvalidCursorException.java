package io.grasp.inspection;

import java.util.Objects;

/** A cursor that does not continue a walk over the pages of a list of this node. The walk begins again without one. */
public final class InvalidCursorException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** What is wrong with a cursor. */
    public enum Reason {
        /** It is not one that a node has returned. */
        MALFORMED,
        /** It belongs to another list. */
        OTHER_LIST,
        /** It is of another node, or of an earlier run of this one. */
        OTHER_NODE
    }

    /** What is wrong with the cursor. */
    private final Reason reason;

    /**
     * An error for a cursor.
     *
     * @param reason what is wrong with it
     */
    public InvalidCursorException(Reason reason) {
        super(
                switch (Objects.requireNonNull(reason, "reason")) {
                    case MALFORMED -> "the cursor is malformed: use the one that a page has returned, or none";
                    case OTHER_LIST -> "the cursor belongs to another list";
                    case OTHER_NODE -> "the cursor is of another node, or of an earlier run of this one: begin again";
                });
        this.reason = reason;
    }

    /** {@return what is wrong with the cursor} */
    public Reason reason() {
        return reason;
    }
}
