package io.grasp.util;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileErrorTextTest {
    @TempDir
    private Path directory;

    private static String sentence(ThrowingCallable use) {
        return FileErrorText.sentence(catchThrowableOfType(FileSystemException.class, use));
    }

    @Test
    void eachFailureOfTheSystemNamesTheFileOnceAndSaysWhy() throws IOException {
        Path missing = directory.resolve("missing");
        Path file = Files.createFile(directory.resolve("file"));
        Path full = Files.createDirectory(directory.resolve("full"));
        Files.createFile(full.resolve("file"));
        Path below = file.resolve("below");

        assertThat(sentence(() -> Files.readString(missing))).isEqualTo(missing + ": it does not exist");
        assertThat(sentence(() -> Files.createFile(file))).isEqualTo(file + ": it exists already");
        assertThat(sentence(() -> Files.list(file).close())).isEqualTo(file + ": it is not a directory");
        assertThat(sentence(() -> Files.delete(full))).isEqualTo(full + ": the directory is not empty");
        assertThat(sentence(() -> Files.readSymbolicLink(file))).isEqualTo(file + ": it is not a symbolic link");
        assertThat(sentence(() -> Files.readString(below))).isEqualTo(below + ": Not a directory");
        assertThat(FileErrorText.sentence(new AccessDeniedException("/etc/x"))) // root is denied nothing
                .isEqualTo("/etc/x: permission denied");
        assertThat(FileErrorText.reason(new FileSystemException("/etc/x"))).isEqualTo("the system gives no reason");
        assertThat(FileErrorText.reason(new IOException("Is a directory"))).isEqualTo("Is a directory");
    }
}
