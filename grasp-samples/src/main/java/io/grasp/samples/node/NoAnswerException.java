package io.grasp.samples.node;

/** Nothing has answered, or been flooded, in time. */
public final class NoAnswerException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /** @param message what was asked for, and how long, for the user */
    public NoAnswerException(String message) {
        super(message);
    }
}
