package io.grasp.samples.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who can have a control socket, and who can use it. */
class ControlSocketTest {
    @TempDir
    private Path directory;

    private static AutoCloseable bind(UnixDomainSocketAddress address) {
        try {
            return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ControlSocket open(Path path) throws IOException {
        return ControlSocket.open(path, ControlSocketTest::bind);
    }

    private static void refused(Path path, String reason) {
        assertThatThrownBy(() -> open(path)).isInstanceOf(IOException.class).hasMessageContaining(reason);
    }

    private List<Path> files(Path of) throws IOException {
        try (Stream<Path> files = Files.list(of)) {
            return files.toList();
        }
    }

    @Test
    void theSocketAndItsDirectoryAreForTheUserOnly() throws IOException {
        Path path = directory.resolve("grasp").resolve("control.sock");
        try (ControlSocket socket = open(path)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path.getParent())))
                    .isEqualTo("rwx------");
            assertThat(files(path.getParent())).containsExactly(path);
            try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket.path()))) {
                assertThat(client.isConnected()).isTrue();
            }
        }
        assertThat(files(path.getParent())).isEmpty();
    }

    @Test
    void aSocketInUseIsNotTaken() throws IOException {
        Path path = directory.resolve("c.sock");
        try (ControlSocket socket = open(path)) {
            refused(path, "another process serves " + path);
            try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket.path()))) {
                assertThat(client.isConnected()).isTrue();
            }
        }
        assertThat(files(directory)).isEmpty();
    }

    @Test
    @Timeout(20)
    void aSocketOfAProcessThatHangsIsNotTaken() throws IOException {
        Path path = directory.resolve("c.sock");
        List<SocketChannel> waiting = new ArrayList<>();
        try (ServerSocketChannel hanging =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path), 1)) {
            assertThatThrownBy(() -> {
                        while (true) {
                            SocketChannel next = SocketChannel.open(StandardProtocolFamily.UNIX);
                            waiting.add(next);
                            next.configureBlocking(false);
                            next.connect(hanging.getLocalAddress());
                        }
                    })
                    .as("the queue is full")
                    .isInstanceOf(SocketException.class);

            refused(path, "another process serves " + path);
        } finally {
            for (SocketChannel each : waiting) {
                each.close();
            }
        }
    }

    @Test
    @Timeout(20)
    void aLockThatIsHeldForTooLongIsReported() throws IOException {
        Path path = directory.resolve("c.sock");
        Path lock = directory.resolve("c.sock.lock");
        try (FileChannel other = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = other.lock()) {
            assertThatThrownBy(() -> ControlSocket.open(path, ControlSocketTest::bind, Duration.ofMillis(50)))
                    .isInstanceOf(IOException.class)
                    .hasMessage("another process has " + lock + " locked: it may hang");
            assertThat(held.isValid()).isTrue();
        }
        open(path).close();
        assertThat(files(directory)).isEmpty();
    }

    @Test
    @Timeout(60)
    void ofManyThatStartTogetherOneGetsThePath() throws Exception {
        Path path = directory.resolve("c.sock");
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (int round = 0; round < 50; round++) {
                List<Callable<Object>> starts = Collections.nCopies(8, () -> {
                    try {
                        return open(path);
                    } catch (IOException e) {
                        return e.getMessage();
                    }
                });
                List<Object> results = new ArrayList<>();
                for (Future<Object> each : threads.invokeAll(starts)) {
                    results.add(each.get());
                }
                List<ControlSocket> opened = results.stream()
                        .filter(ControlSocket.class::isInstance)
                        .map(ControlSocket.class::cast)
                        .toList();
                assertThat(opened).as("%s", results).hasSize(1);
                assertThat(results).filteredOn(String.class::isInstance).containsOnly("another process serves " + path);
                opened.get(0).close();
                assertThat(files(directory)).isEmpty();
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void theSocketOfADeadProcessIsReplaced() throws Exception {
        Path path = directory.resolve("c.sock");
        bind(UnixDomainSocketAddress.of(path)).close();
        assertThat(path).exists();
        try (ControlSocket socket = open(path);
                SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket.path()))) {
            assertThat(client.isConnected()).isTrue();
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void theSocketOfASuccessorIsNotRemoved() throws Exception {
        Path path = directory.resolve("c.sock");
        ControlSocket first = open(path);
        Files.delete(path);
        try (ControlSocket second = open(path)) {
            first.close();
            assertThat(second.path()).exists();
        }
    }

    @Test
    void aFileThatIsNoSocketIsKept() throws IOException {
        Path path = Files.writeString(directory.resolve("c.sock"), "mine");
        refused(path, path + " exists and is not a socket");
        assertThat(path).hasContent("mine");
        assertThat(files(directory)).containsExactly(path);
    }

    @Test
    void symbolicLinksAreNotFollowed() throws IOException {
        Path real = Files.createDirectory(directory.resolve("real"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), real);
        refused(link.resolve("c.sock"), link + " is not a directory");
        Path target = Files.writeString(directory.resolve("file"), "mine");
        Path path = Files.createSymbolicLink(real.resolve("c.sock"), target);
        refused(path, path + " exists and is not a socket");
        Files.delete(path);
        Files.createSymbolicLink(real.resolve("c.sock.lock"), target);
        refused(path, "");
        assertThat(target).hasContent("mine");
    }

    @Test
    void aPathThatTheSystemCannotHaveIsRefused() {
        refused(directory.resolve("x".repeat(108)), "; the system allows 107: ");
        refused(
                directory.resolve("no").resolve("such").resolve("c.sock"),
                "there is no directory " + directory.resolve("no"));
    }

    @Test
    void aDirectoryThatOthersCanChangeIsRefused() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        refused(directory.resolve("c.sock"), "other users can change the files in " + directory);
    }

    @Test
    void theUsualPlaceDependsOnTheUser() {
        Path user = Path.of(ControlPlaces.user() == 0 ? "/run/grasp" : "/tmp/grasp-" + ControlPlaces.user());
        Map<String, String> runtime = Map.of("XDG_RUNTIME_DIR", directory.toString());
        assertThat(ControlPlaces.daemon(runtime)).isEqualTo(directory.resolve("grasp/control.sock"));
        assertThat(ControlPlaces.of(runtime, "serve", 7)).isEqualTo(directory.resolve("grasp/serve-7.sock"));
        assertThat(ControlPlaces.daemon(Map.of("RUNTIME_DIRECTORY", directory.toString(), "XDG_RUNTIME_DIR", "/tmp")))
                .isEqualTo(directory.resolve("control.sock"));
        assertThat(ControlPlaces.directory(Map.of())).isEqualTo(user);
        assertThat(ControlPlaces.directory(Map.of("XDG_RUNTIME_DIR", "relative")))
                .isEqualTo(user);
        assertThat(ControlPlaces.directory(Map.of("XDG_RUNTIME_DIR", directory + "/none")))
                .isEqualTo(user);
    }
}
