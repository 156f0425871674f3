package io.grasp.samples.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of Linux while a program had joined ff02::13 on lan and 224.0.0.119 on old, and accepted at TCP port 7018. */
class ProcFilesTest {
    @TempDir
    private Path proc;

    private ProcFiles files;

    @BeforeEach
    void copy() throws IOException {
        Files.createDirectory(proc.resolve("net"));
        for (String name : List.of("tcp", "tcp6", "udp", "udp6", "igmp", "igmp6")) {
            try (InputStream resource = ProcFilesTest.class.getResourceAsStream("proc/net/" + name)) {
                Files.copy(resource, proc.resolve("net").resolve(name));
            }
        }
        files = new ProcFiles(proc);
    }

    @Test
    void aPortIsInUseByASocketThatListens() {
        assertThat(files.socketsAt(7018)).containsExactly(new ProcFiles.Socket(false, 7018, 32899291));
        assertThat(files.socketsAt(7017)).extracting(ProcFiles.Socket::udp).containsExactly(true, true);
        assertThat(files.socketsAt(54362)).as("that of a client").isEmpty();
        assertThat(files.socketsAt(7019)).isEmpty();
    }

    @Test
    void theOwnerOfASocketHasItOpen() throws IOException {
        ProcFiles.Socket socket = files.socketsAt(7018).get(0);
        assertThat(files.owner(socket)).isEmpty();

        Path process =
                Files.createDirectories(proc.resolve("4711").resolve("fd")).getParent();
        Files.writeString(process.resolve("comm"), "java\n");
        Files.createSymbolicLink(process.resolve("fd").resolve("7"), Path.of("socket:[32899291]"));
        assertThat(files.owner(socket)).contains(new ProcFiles.Owner(4711, "java"));

        assertThat(new HostChecks(proc, command -> Optional.empty())
                        .port(7018, Set.of())
                        .what())
                .isEqualTo("TCP port 7018 is in use by java (process 4711)");
    }

    @Test
    void aGroupIsJoinedOnOneInterface() {
        assertThat(files.hasJoined("lan", true)).contains(true);
        assertThat(files.hasJoined("old", true)).contains(false);
        assertThat(files.hasJoined("old", false)).contains(true);
        assertThat(files.hasJoined("lan", false)).contains(false);
    }

    @Test
    void withoutFilesNothingIsKnown() {
        ProcFiles none = new ProcFiles(proc.resolve("none"));

        assertThat(none.socketsAt(7018)).isEmpty();
        assertThat(none.hasJoined("lan", true)).isEmpty();
        assertThat(none.hasLegacyFirewall()).isFalse();
    }
}
