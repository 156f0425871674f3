package io.grasp.samples.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The file that a transfer writes before it has its name. */
class PartialFileTest {
    @TempDir
    private Path directory;

    private String only() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).reduce("", String::concat);
        }
    }

    /** File systems permit 255 bytes. */
    @ParameterizedTest
    @ValueSource(ints = {1, 242, 243, 255})
    void aFileWithAnyNameIsReceivedAndResumed(int length) throws IOException {
        Path target = directory.resolve("n".repeat(length));
        PartialFile first = new PartialFile(target, false);
        first.open();
        first.write("half".getBytes(StandardCharsets.UTF_8));
        first.close();
        assertThat(only()).startsWith(".").endsWith(".grasp-part");

        PartialFile second = new PartialFile(target, false);
        second.open();
        assertThat(second.length()).isEqualTo(4);
        second.write("half".getBytes(StandardCharsets.UTF_8));
        second.finish(null);
        second.close();

        assertThat(only()).isEqualTo("n".repeat(length));
        assertThat(target).hasContent("halfhalf");
    }

    @Test
    void longNamesAreCountedInBytesAndHavePartsOfTheirOwn() throws IOException {
        Path[] targets = {directory.resolve("\u20ac".repeat(84) + "a"), directory.resolve("\u20ac".repeat(84) + "b")};
        for (Path target : targets) {
            PartialFile file = new PartialFile(target, false);
            file.open();
            file.write(new byte[1]);
            file.close();
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).hasSize(2);
        }
    }
}
