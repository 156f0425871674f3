package io.grasp.samples.transfer;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;

/** Why a file was not transferred. */
public final class TransferException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The reasons. Those with a code are sent to the peer. */
    public enum Reason {
        /** The file does not exist in the served directory, or is not a regular file. */
        NO_FILE(1),
        /** The file is longer than one side permits. */
        TOO_LARGE(2),
        /** The server has its maximum of transfers. */
        BUSY(3),
        /** The server cannot read the file, or it has become shorter. */
        UNREADABLE(4),
        /** A request or a name that is not valid. */
        INVALID(5),
        /** The transfer takes too long. */
        TIME_OVER(6),
        /** The other side reports a reason that this one does not know. */
        UNKNOWN(0),
        /** The peer has ended the transfer before its end. */
        ENDED(0),
        /** The local file exists. */
        EXISTS(0),
        /** Another transfer writes the same local file. */
        IN_PROGRESS(0),
        /** The local file cannot be written, for example because the disk is full. */
        DISK(0),
        /** The received bytes are not those that were sent. */
        CORRUPT(0);

        private final int code;

        Reason(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }

        static Reason of(long code) {
            for (Reason reason : values()) {
                if (reason.code == code && code != 0) {
                    return reason;
                }
            }
            return UNKNOWN;
        }
    }

    private final Reason reason;

    TransferException(Reason reason, String message) {
        super(message);
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    private TransferException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** A local file that cannot be written. */
    static TransferException disk(Path file, IOException cause) {
        return new TransferException(Reason.DISK, "Cannot write " + file + ": " + reason(cause), cause);
    }

    /** A served file that cannot be read. The peer does not learn why. */
    static TransferException unreadable(IOException cause) {
        return new TransferException(Reason.UNREADABLE, "The file cannot be read", cause);
    }

    private static String reason(IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return "its directory does not exist";
        }
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (failure instanceof FileSystemException known && known.getReason() != null) {
            return known.getReason();
        }
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }

    /** {@return the reason} */
    public Reason reason() {
        return reason;
    }
}
