package io.grasp.samples.text;

import io.grasp.util.PrintableText;

/** Errors in human-readable form. */
public final class Failures {
    private Failures() {}

    /** {@return one line that says what went wrong} */
    public static String oneLine(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank()
                ? failure.getClass().getSimpleName()
                : PrintableText.of(message.strip().lines().findFirst().orElse(message));
    }
}
