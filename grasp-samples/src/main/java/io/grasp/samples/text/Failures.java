package io.grasp.samples;

/** Errors in human-readable form. */
final class Failures {
    private Failures() {}

    /** {@return one line that says what went wrong} */
    static String oneLine(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank()
                ? failure.getClass().getSimpleName()
                : Output.printable(message.strip().lines().findFirst().orElse(message));
    }
}
