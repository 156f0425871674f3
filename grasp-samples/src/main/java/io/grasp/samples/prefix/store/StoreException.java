package io.grasp.samples.prefix.store;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A store cannot be opened, read or written. The message is one sentence for the operator, with the path of the file.
 */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The reason. */
    private final Reason reason;

    /** The kind of error. */
    public enum Reason {
        /** Another process, or another pool of this process, uses the file. */
        IN_USE,
        /** The file is something else than a store of prefixes, or one of a later version. */
        FOREIGN,
        /** The file was damaged. */
        CORRUPT,
        /** No space is left on the device, or a quota is exhausted. */
        FULL,
        /** The file cannot be opened, read or written for another reason, such as missing permission. */
        UNAVAILABLE
    }

    /**
     * An error.
     *
     * @param reason the kind of error
     * @param message a sentence for the operator
     * @param cause the exception of the system or the library, if any
     */
    public StoreException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    /** {@return the kind of error} */
    public Reason reason() {
        return reason;
    }
}
