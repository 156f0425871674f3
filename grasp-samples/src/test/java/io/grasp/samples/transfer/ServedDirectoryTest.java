package io.grasp.samples.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a served directory opens, also while a local user changes it. */
class ServedDirectoryTest {
    private static final int TIMES = 2_000;

    @TempDir
    Path temporary;

    private Path root;
    private ServedDirectory served;

    @BeforeEach
    void serve() throws IOException {
        root = Files.createDirectory(temporary.resolve("root"));
        Files.createDirectory(temporary.resolve("outside"));
        Files.writeString(temporary.resolve("outside/file"), "secret");
        served = ServedDirectory.of(root);
    }

    /** {@return the content, or the reason why there is none} */
    private String read(String name) {
        try (SeekableByteChannel file = served.open(new FileName(name))) {
            ByteBuffer content = ByteBuffer.allocate(100);
            file.read(content);
            return new String(content.array(), 0, content.position(), StandardCharsets.UTF_8);
        } catch (TransferException e) {
            assertThat(e).hasMessage("No such file");
            return e.reason().name();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFileThatAlternatesWithALinkNeverLeadsOutside() throws Exception {
        Path other = temporary.resolve("other");
        assertThat(readWhile("file", () -> {
                    Files.writeString(other, "open");
                    Files.move(other, root.resolve("file"), StandardCopyOption.ATOMIC_MOVE);
                    Files.createSymbolicLink(other, temporary.resolve("outside/file"));
                    Files.move(other, root.resolve("file"), StandardCopyOption.ATOMIC_MOVE);
                }))
                .containsExactlyInAnyOrder("open", "NO_FILE");
    }

    @Test
    void aDirectoryThatAlternatesWithALinkNeverLeadsOutside() throws Exception {
        Path directory = root.resolve("directory");
        Path other = temporary.resolve("other");
        Files.createDirectory(other);
        Files.writeString(other.resolve("file"), "open");
        assertThat(readWhile("directory/file", () -> {
                    Files.move(other, directory, StandardCopyOption.ATOMIC_MOVE);
                    Files.move(directory, other, StandardCopyOption.ATOMIC_MOVE);
                    Files.createSymbolicLink(directory, temporary.resolve("outside"));
                    Files.delete(directory);
                }))
                .containsExactlyInAnyOrder("open", "NO_FILE");
    }

    @FunctionalInterface
    private interface Change {
        void run() throws IOException;
    }

    /** {@return all results of reading a file while another thread changes it} */
    private Set<String> readWhile(String name, Change change) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        Thread changing = new Thread(() -> {
            try {
                while (!done.get()) {
                    change.run();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        changing.start();
        Set<String> results = new HashSet<>();
        try {
            for (int i = 0; i < TIMES || results.size() < 2 && changing.isAlive() && i < 100 * TIMES; i++) {
                results.add(read(name));
            }
        } finally {
            done.set(true);
            changing.join();
        }
        return results;
    }

    /** Some locales, and for the last one all of them, cannot encode such a name. */
    @Test
    void namesInAnyAlphabetAreRefusedLikeThoseThatDoNotExist() {
        for (String name : List.of("\uFF0E\uFF0E", "e\u0301", "\u00E9", "\uD800")) {
            assertThat(read(name)).isEqualTo("NO_FILE");
            assertThat(read(name + "/file")).isEqualTo("NO_FILE");
        }
    }

    @Test
    void namesThatAreTooLongForTheFileSystemDoNotExist() {
        assertThat(read("n".repeat(1024))).isEqualTo("NO_FILE");
        assertThat(read("a/".repeat(511) + "ab")).isEqualTo("NO_FILE");
        assertThatThrownBy(() -> new FileName("n".repeat(1025))).isInstanceOf(TransferException.class);
    }

    @Test
    void onlyADirectoryCanBeServed() {
        assertThatThrownBy(() -> ServedDirectory.of(temporary.resolve("outside/file")))
                .isInstanceOf(NotDirectoryException.class);
        assertThatThrownBy(() -> ServedDirectory.of(temporary.resolve("none"))).isInstanceOf(IOException.class);
    }

    @Test
    void aPartOfAFileThatIsNoRegularFileIsNotWritten() throws Exception {
        Path target = temporary.resolve("target");
        Path partial = temporary.resolve(".target.grasp-part");
        assertThat(new ProcessBuilder("mkfifo", partial.toString()).start().waitFor())
                .isZero();
        assertNotRegular(target);
        Files.delete(partial);
        Files.createSymbolicLink(partial, temporary.resolve("outside/file"));
        assertNotRegular(target);
        assertThat(temporary.resolve("outside/file")).hasContent("secret");
    }

    private static void assertNotRegular(Path target) {
        TransferException failure =
                catchThrowableOfType(TransferException.class, () -> new PartialFile(target, false).open());
        assertThat(failure.reason()).isEqualTo(TransferException.Reason.DISK);
        assertThat(failure).hasMessageEndingWith(".target.grasp-part: it is not a regular file");
    }
}
