package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Files that processes transfer through streams of TLS connections. */
class BulkTransferIT {
    private static final int BIG = 8 << 20;

    private final Processes processes = new Processes();

    @TempDir
    private Path temporary;

    @BeforeAll
    static void require() {
        Namespaces.assumePossible();
    }

    @AfterEach
    void kill() {
        processes.kill();
    }

    @Test
    void filesArriveThroughTlsAfterAKillAndAFullDiskIsReported() throws IOException {
        TestDomain domain = new TestDomain(temporary.resolve("ca"), "example.com");
        Path from = Files.createDirectories(temporary.resolve("from"));
        Path to = Files.createDirectories(temporary.resolve("to"));
        Path small = Files.createDirectories(temporary.resolve("small"));
        byte[] big = new byte[BIG];
        new Random(1).nextBytes(big);
        Files.write(from.resolve("big"), big);
        Files.createDirectory(from.resolve("below"));
        Files.writeString(from.resolve("below/text"), "text");
        Files.createFile(from.resolve("empty"));
        try (Pair network = Pair.withUlas()) {
            Host server = network.left;
            Host client = network.right;
            List<String> put = new ArrayList<>(List.of(from.toString(), "--bind", "7017", "--json"));
            put.addAll(domain.issue("server"));
            RunningProcess served = processes.start(server, "put", put).awaitReady();
            List<String> of = new ArrayList<>(domain.issue("client"));
            of.addAll(List.of("--neighbor", "[" + server.ula() + "]:7017"));

            RunningProcess killed = processes.start(
                    client, "get", with(of, "big", "--directory", to.toString(), "--rate", "1000000", "--json"));
            Path partial = to.resolve(".big.grasp-part");
            Processes.await(() -> "the first megabyte, " + killed, () -> size(partial) > 1 << 20);
            killed.line("\"event\":\"progress\",\"name\":\"big\",\"bytes\":");
            killed.kill();
            assertThat(to.resolve("big")).doesNotExist();
            RunningProcess get = processes.start(
                    client,
                    "get",
                    with(
                            of,
                            "big",
                            "below/text",
                            "empty",
                            "missing",
                            "--directory",
                            to.toString(),
                            "--json",
                            "--from",
                            "[" + server.ula() + "]:7017"));

            assertThat(get.exit()).as("%s", get).isEqualTo(1);
            assertThat(get.errors()).containsExactly("grasp: warning: missing: No such file");
            assertThat(Files.readAllBytes(to.resolve("big"))).isEqualTo(big);
            assertThat(to.resolve("text")).hasContent("text");
            assertThat(to.resolve("empty")).isEmptyFile();
            try (Stream<Path> all = Files.list(to)) {
                assertThat(all).hasSize(3);
            }
            JsonNode stored = get.json(4).stream()
                    .filter(line -> line.get("event").asString().equals("stored"))
                    .filter(line -> line.get("name").asString().equals("big"))
                    .findFirst()
                    .orElseThrow();
            assertThat(stored.get("resumedAt").asLong()).isGreaterThan(1 << 20);
            assertThat(stored.get("verified").asBoolean()).isTrue();
            served.line("\"name\":\"big\",\"bytes\":"
                    + (BIG - stored.get("resumedAt").asLong()));

            String options = String.join(" ", of);
            assertThat(full(client, small, "big " + options)).contains("bytes are to come, and the disk has");
            assertThat(full(client, small, "big --graspy " + options)).contains("No space left on device");
        }
    }

    private static List<String> with(List<String> options, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(options);
        return all;
    }

    private static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            return 0; // it has got its name in the meantime
        }
    }

    /** {@return the errors of a transfer to a disk of 300 kB, which is mounted for the process alone} */
    private String full(Host host, Path directory, String arguments) {
        String script = "exec ip netns exec " + host.namespace() + " sh -c" + " 'mount -t tmpfs -o size=300k none "
                + directory + " && exec \"$@\"' grasp \"$@\"";
        RunningProcess get = processes.script(script, ("get " + arguments + " --directory " + directory).split(" "));
        assertThat(get.exit()).as("%s", get).isEqualTo(1);
        assertThat(get.errors()).as("%s", get).noneMatch(line -> line.contains("\tat "));
        return String.join("\n", get.errors());
    }
}
