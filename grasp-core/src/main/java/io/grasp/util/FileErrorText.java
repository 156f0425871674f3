package io.grasp.util;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;

/** Says why a file cannot be used. For the most frequent reasons the message of the JDK is only the path. */
public final class FileErrorText {
    private FileErrorText() {}

    /**
     * {@return why a file cannot be read, written or created, for a sentence that names the file}
     *
     * @param failure what the JDK has thrown
     */
    public static String reason(IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return "it does not exist";
        } else if (failure instanceof AccessDeniedException) {
            return "permission denied";
        } else if (failure instanceof FileAlreadyExistsException) {
            return "it exists already";
        } else if (failure instanceof NotDirectoryException) {
            return "it is not a directory";
        } else if (failure instanceof DirectoryNotEmptyException) {
            return "the directory is not empty";
        } else if (failure instanceof NotLinkException) {
            return "it is not a symbolic link";
        } else if (failure instanceof FileSystemLoopException) {
            return "its symbolic links form a loop";
        }
        String reason = failure instanceof FileSystemException known ? known.getReason() : failure.getMessage();
        return reason == null || reason.isBlank() ? "the system gives no reason" : reason;
    }

    /**
     * {@return the file that a failure is about, and the reason, such as {@code /etc/x: permission denied}}
     *
     * @param failure what the JDK has thrown
     */
    public static String sentence(FileSystemException failure) {
        String file = failure.getFile();
        return (file == null || file.isEmpty() ? "" : file + ": ") + reason(failure);
    }
}
