package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How the process of {@code grasp host} ends. The processes of a test run at the same time, which is faster. */
@Timeout(60)
class HostEndIT {
    private final Processes processes = new Processes();

    @TempDir
    private Path directory;

    @BeforeEach
    void onLinux() {
        assumeTrue(Files.exists(Path.of("/proc/self/cmdline")), "this is not Linux");
    }

    @AfterEach
    void kill() {
        processes.kill();
    }

    /** A host with the jar of {@link TroubledAsa}, and a directory of its own for temporary files. */
    private RunningProcess host(String name, String lines, String... options) throws IOException {
        Path agents = Files.createDirectories(directory.resolve(name));
        Files.createDirectory(agents.resolve("tmp"));
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(agents.resolve("troubled.jar")))) {
            String file = TroubledAsa.class.getName().replace('.', '/') + ".class";
            try (InputStream code = TroubledAsa.class.getClassLoader().getResourceAsStream(file)) {
                entry(jar, file, code.readAllBytes());
            }
            byte[] service = TroubledAsa.class.getName().getBytes(StandardCharsets.UTF_8);
            entry(jar, "META-INF/services/io.grasp.host.HostedAsa", service);
        }
        Files.writeString(agents.resolve("asas.txt"), lines);
        List<String> arguments = new ArrayList<>(List.of("host", agents.toString()));
        arguments.addAll(List.of("--link", "lo", "--assume-secure", "--control", agents + "/socket"));
        arguments.addAll(List.of(options));
        return processes.program(
                List.of("-Xmx64m", "-Djava.io.tmpdir=" + agents.resolve("tmp")),
                Main.class,
                arguments.toArray(String[]::new));
    }

    private static void entry(JarOutputStream jar, String name, byte[] content) throws IOException {
        jar.putNextEntry(new JarEntry(name));
        jar.write(content);
        jar.closeEntry();
    }

    private List<String> temporaryFiles(String name) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve(name).resolve("tmp"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.startsWith("grasp-asa"))
                    .toList();
        }
    }

    private void stopByControl(String name) throws IOException {
        String request = "POST /v1/actions/stop HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";
        try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            client.connect(UnixDomainSocketAddress.of(directory.resolve(name).resolve("socket")));
            client.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer answer = ByteBuffer.allocate(100);
            client.read(answer);
            assertThat(new String(answer.array(), StandardCharsets.US_ASCII)).contains(" 202 ");
        }
    }

    @Test
    void aStoppedHostLetsItsAsasFinishWithinABoundUnlessASecondSignalComes() throws IOException {
        RunningProcess terminated = host("terminated", "troubled drain=PT1S\nBriggs\n");
        RunningProcess stopped = host("stopped", "troubled drain=PT1S\n");
        RunningProcess late = host("late", "troubled drain=PT10M\n", "--drain-within", "500");
        RunningProcess twice = host("twice", "troubled drain=PT10M\n");
        Stream.of(terminated, stopped, late, twice).forEach(each -> each.line("troubled 1 is operational"));
        assertThat(temporaryFiles("terminated")).hasSize(1);

        terminated.signal("TERM");
        stopByControl("stopped");
        late.signal("TERM");
        twice.signal("TERM");
        twice.awaitError("still closing");
        twice.signal("TERM");

        assertThat(twice.exit()).as(twice.toString()).isEqualTo(143);
        assertThat(twice.hasSaid("troubled 1 is stopped")).isFalse();
        assertThat(late.exit()).as(late.toString()).isEqualTo(143);
        late.line("troubled 1 was stopped before it had finished what was in progress");
        assertThat(terminated.exit()).as(terminated.toString()).isEqualTo(143);
        assertThat(stopped.exit()).as(stopped.toString()).isZero();
        for (RunningProcess each : List.of(terminated, stopped)) {
            assertThat(each.output())
                    .containsSubsequence("troubled 1 is draining", "troubled 1 is stopped", "troubled 1 is undeployed");
        }
        assertThat(temporaryFiles("terminated")).isEmpty();
        assertThat(temporaryFiles("stopped")).isEmpty();
    }

    @Test
    void aFileWithAWrongLineAndFullMemoryEndTheProcessAndARecursionWithoutEndDoesNot() throws IOException {
        RunningProcess wrong = host("wrong", "Briggs\n\ntroubled drain\n");
        RunningProcess full = host("full", "troubled does=fill\n");
        RunningProcess recursing =
                host("recursing", "troubled does=recurse\nBriggs\nGray nothing=1\n", "--restarts", "0");

        assertThat(wrong.exit()).as(wrong.toString()).isEqualTo(1);
        assertThat(wrong.errors())
                .last()
                .asString()
                .isEqualTo("grasp: asas.txt line 3: 'drain' is not PARAMETER=VALUE");
        assertThat(wrong.errors()).noneMatch(line -> line.startsWith("\tat "));
        assertThat(temporaryFiles("wrong")).isEmpty();
        recursing.line("troubled 1 is stopped: troubled has failed: java.lang.StackOverflowError;"
                + " it is not started again, because it has failed once");
        recursing.line("Briggs 1.0 is operational");
        recursing.line("asas.txt line 3: Gray has no parameter nothing");
        assertThat(full.exit()).as(full.toString()).isEqualTo(1);
        assertThat(recursing.hasEnded()).isFalse();
        recursing.stop();
        assertThat(recursing.exit()).as(recursing.toString()).isEqualTo(143);
    }
}
