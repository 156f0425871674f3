package io.grasp.samples.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

class JournalTest {
    @Test
    void onlyTheFileThatTheVariableNamesIsTheJournal(@TempDir Path directory) throws IOException {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("unix"), "files have no inodes");
        Path file = Files.createFile(directory.resolve("stream"));
        Path other = Files.createFile(directory.resolve("other"));
        String stream = Files.getAttribute(file, "unix:dev") + ":" + Files.getAttribute(file, "unix:ino");

        assertThat(Journal.isStream(stream, file)).isTrue();
        assertThat(Journal.isStream(stream, other)).isFalse();
        assertThat(Journal.isStream(stream, directory.resolve("missing"))).isFalse();
        assertThat(Journal.isStream(null, file)).isFalse();
    }

    @Test
    void errorsAreMoreImportantThanWarnings() {
        assertThat(Journal.prefix(Level.ERROR)).isEqualTo("<3>");
        assertThat(Journal.prefix(Level.WARN)).isEqualTo("<4>");
        assertThat(Journal.prefix(Level.INFO)).isEqualTo("<6>");
    }
}
