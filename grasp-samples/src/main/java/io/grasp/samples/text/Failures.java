package io.grasp.samples.text;

/** Errors in human-readable form. */
public final class Failures {
    private Failures() {}

    /** {@return one line that says what went wrong} */
    public static String oneLine(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank()
                ? failure.getClass().getSimpleName()
                : Output.printable(message.strip().lines().findFirst().orElse(message));
    }
}
