package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.grasp.samples.control.ControlPlaces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The control sockets of processes, as curl and other users see them. */
class ControlIT {
    private static final int NOBODY = 65534;
    private static final int REFUSED = 7; // of curl

    @TempDir
    private Path directory;

    private final Processes processes = new Processes();

    @AfterEach
    void kill() {
        processes.kill();
    }

    private RunningProcess start(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--link", "lo", "--assume-secure"));
        return processes.script("XDG_RUNTIME_DIR=" + directory + " exec \"$@\"", all.toArray(String[]::new));
    }

    /** What curl prints, or its exit code. */
    private record Curl(int exit, String output) {
        JsonNode json() {
            assertThat(exit).as(output).isZero();
            return JsonMapper.builder().build().readTree(output);
        }
    }

    private static Curl curl(Path socket, String... arguments) {
        return curl(List.of(), socket, arguments);
    }

    private static Curl curl(List<String> as, Path socket, String... arguments) {
        List<String> command = new ArrayList<>(as);
        command.addAll(List.of("curl", "-sS", "-m", "20", "--unix-socket", socket.toString()));
        command.addAll(List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return new Curl(process.exitValue(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> files() {
        try (Stream<Path> files = Files.list(directory.resolve("grasp"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aDaemonIsLookedIntoReplacedAfterItsDeathAndStopped() {
        RunningProcess first = start("daemon").awaitReady();
        Path socket = directory.resolve("grasp").resolve(ControlPlaces.DAEMON);
        assertThat(curl(socket, "http://localhost/v1/status")
                        .json()
                        .get("substrate")
                        .asString())
                .isEqualTo("netty");
        RunningProcess second = start("daemon");
        assertThat(second.exit()).isEqualTo(1);
        assertThat(second.errors())
                .containsExactly("grasp: Cannot serve the control API: another process serves " + socket
                        + "; --control PATH names another place, --no-control does without");
        first.kill();
        assertThat(files()).containsExactly(ControlPlaces.DAEMON);

        RunningProcess third = start("daemon").awaitReady();
        curl(socket, "-X", "PUT", "--json", "{\"level\":\"info\"}", "http://localhost/v1/log")
                .json();
        assertThat(curl(socket, "-X", "POST", "http://localhost/v1/actions/stop")
                        .json()
                        .get("stopping")
                        .asBoolean())
                .isTrue();
        assertThat(third.exit()).as(third.toString()).isZero();
        third.awaitError("INFO  node     closed");
        assertThat(files()).isEmpty();
    }

    @Test
    void otherCommandsHaveSocketsOfTheirOwnAndOnlyWarnWithout() throws IOException {
        RunningProcess serve = start("serve", "colour", "1").awaitReady();
        Path socket = ControlPlaces.of(Map.of("XDG_RUNTIME_DIR", directory.toString()), "serve", serve.pid());
        assertThat(curl(socket, "http://localhost/v1/asas")
                        .json()
                        .at("/entries/0/name")
                        .asString())
                .isEqualTo("serve");
        serve.stop();
        assertThat(serve.exit()).isEqualTo(143);

        Files.delete(directory.resolve("grasp"));
        Files.writeString(directory.resolve("grasp"), "");
        RunningProcess other = start("serve", "colour", "1").awaitReady();
        assertThat(other.errors())
                .contains("grasp: warning: Cannot serve the control API: " + directory + "/grasp is not a directory");
        other.stop();
        other.exit();
    }

    @Test
    void otherUsersCannotConnectNorTakeThePlace() throws IOException {
        assumeTrue(ownerOf(directory) == 0, "only root can run a process as another user");
        // Each user can reach the socket, so that its own mode must keep the others away.
        Path open = Files.createTempDirectory(
                "grasp-open", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        try {
            Path socket = open.resolve("c.sock");
            RunningProcess daemon =
                    start("daemon", "--control", socket.toString()).awaitReady();
            List<String> nobody = List.of("setpriv", "--reuid=" + NOBODY, "--clear-groups");
            assertThat(curl(socket, "http://localhost/v1/status").exit()).isZero();
            Curl refused = curl(nobody, socket, "http://localhost/v1/status");
            assertThat(refused.exit()).as(refused.output()).isEqualTo(REFUSED);
            daemon.stop();
            daemon.exit();
            assertThat(socket).doesNotExist();

            Path lock = Files.createFile(open.resolve("c.sock.lock"));
            Files.setAttribute(lock, "unix:uid", NOBODY);
            RunningProcess locked = start("daemon", "--control", socket.toString());
            assertThat(locked.exit()).isEqualTo(1);
            assertThat(locked.errors()).singleElement().asString().contains(lock + " belongs to another user");
            Files.delete(lock);

            Files.setAttribute(open, "unix:uid", NOBODY);
            RunningProcess misled = start("daemon", "--control", socket.toString());
            assertThat(misled.exit()).isEqualTo(1);
            assertThat(misled.errors()).singleElement().asString().contains(open + " belongs to another user");
        } finally {
            Files.delete(open);
        }
    }

    private static int ownerOf(Path file) throws IOException {
        return (int) Files.getAttribute(file, "unix:uid");
    }
}
