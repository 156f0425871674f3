package io.grasp.samples.text;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.util.FileErrorText;
import io.grasp.util.PrintableText;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;

/** Errors in human-readable form. */
public final class Failures {
    /** Says nothing to a user. */
    private static final String UNSPECIFIED = GraspErrorCode.UNSPECIFIED.text() + ": ";

    private Failures() {}

    /** {@return what a user needs to know of a failure to start: its cause, if no error of GRASP says more} */
    public static Throwable ofStart(GraspException failure) {
        Throwable cause = failure.getCause();
        return failure.code() == GraspErrorCode.UNSPECIFIED && cause != null
                ? new IllegalStateException(oneLine(cause), cause)
                : failure;
    }

    /** {@return one line that says what went wrong} */
    public static String oneLine(Throwable failure) {
        if (failure instanceof FileSystemException ofFile) {
            return PrintableText.of(FileErrorText.sentence(ofFile));
        }
        String message = failure.getMessage();
        Throwable cause = failure instanceof UncheckedIOException ? failure.getCause() : null;
        if (cause != null && cause.toString().equals(message)) {
            return oneLine(cause);
        }
        if (message != null
                && failure instanceof GraspException known
                && known.code() == GraspErrorCode.UNSPECIFIED
                && message.startsWith(UNSPECIFIED)) {
            message = message.substring(UNSPECIFIED.length());
        }
        return message == null || message.isBlank()
                ? failure.getClass().getSimpleName()
                : PrintableText.of(message.strip().lines().findFirst().orElse(message));
    }
}
