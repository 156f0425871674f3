package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands on a real network without an assertion that it is protected. */
class RefusalTest {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gray",
                "gray --json",
                "briggs",
                "daemon --link lo",
                "discover EX1",
                "synchronize EX2",
                "serve EX2 1",
                "flood EX1 -5",
                "get-flood EX1",
                "negotiate EX3 {\"a\":1}"
            })
    void aCommandWithoutProtectionIsRefusedInOneLine(String line) {
        Set<Thread> before = Thread.getAllStackTraces().keySet();

        Cli.Run run = Cli.run(line.split(" "));

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .singleElement()
                .asString()
                .startsWith("grasp: ")
                .contains("RFC 8990")
                .contains("pass --assume-secure", "--identity");
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> !before.contains(thread))
                .extracting(Thread::getName)
                .noneMatch(name -> name.contains("grasp") || name.contains("nio") || name.contains("reactor"));
    }

    @Test
    void aRefusedCommandOpensNoSocket() throws IOException {
        assumeTrue(Files.isDirectory(DESCRIPTORS), "no " + DESCRIPTORS);
        Cli.run("discover", "EX1"); // loads the needed classes
        List<String> before = sockets();

        Cli.run("discover", "EX1");

        assertThat(sockets()).isEqualTo(before);
    }

    private static List<String> sockets() throws IOException {
        try (Stream<Path> open = Files.list(DESCRIPTORS)) {
            return open.map(RefusalTest::target)
                    .filter(target -> target.startsWith("socket:") || target.contains("eventpoll"))
                    .sorted()
                    .collect(Collectors.toList());
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }
}
