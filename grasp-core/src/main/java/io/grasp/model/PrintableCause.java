package io.grasp.model;

import io.grasp.util.PrintableText;
import org.jspecify.annotations.Nullable;

/**
 * Stands for an exception whose message contains characters that must not reach a log or a terminal, as another
 * library's exception may if it quotes what a peer has sent. Its message begins with the class of the
 * original, and it has the same stack trace.
 */
final class PrintableCause extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Longer chains of causes, also circular ones, are cut off here. */
    private static final int MAX_DEPTH = 16;

    /** Jackson puts the place on a line of its own. */
    private static final String JACKSONS_PLACE = "\n at [";

    private PrintableCause(Throwable original, @Nullable Throwable cause) {
        super(PrintableText.of(original.toString()), cause, true, true);
        setStackTrace(original.getStackTrace());
        for (Throwable suppressed : original.getSuppressed()) {
            addSuppressed(of(suppressed, MAX_DEPTH - 1));
        }
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this; // it gets that of the original
    }

    /** {@return the exception itself if it and its causes are printable} */
    static @Nullable Throwable of(@Nullable Throwable cause) {
        return cause == null || isPrintable(cause, 0) ? cause : of(cause, 0);
    }

    private static Throwable of(Throwable original, int depth) {
        if (isPrintable(original, depth)) {
            return original;
        }
        Throwable cause = original.getCause();
        return new PrintableCause(original, cause == null || depth == MAX_DEPTH ? null : of(cause, depth + 1));
    }

    private static boolean isPrintable(Throwable failure, int depth) {
        if (failure instanceof PrintableCause) {
            return true;
        }
        if (depth > MAX_DEPTH || !isPrintable(failure.toString())) {
            return false;
        }
        for (Throwable suppressed : failure.getSuppressed()) {
            if (!isPrintable(suppressed, depth + 1)) {
                return false;
            }
        }
        Throwable cause = failure.getCause();
        return cause == null || isPrintable(cause, depth + 1);
    }

    private static boolean isPrintable(String description) {
        int place = description.indexOf(JACKSONS_PLACE);
        return place < 0
                ? PrintableText.isPrintable(description)
                : PrintableText.isPrintable(description.substring(0, place))
                        && PrintableText.isPrintable(description.substring(place + 1));
    }
}
