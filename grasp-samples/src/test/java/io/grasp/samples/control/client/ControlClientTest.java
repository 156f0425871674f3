package io.grasp.samples.control.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.HttpMethod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With processes that accept connections, and then hang. */
@Timeout(20)
class ControlClientTest {
    private static final String BEGINNING_OF_A_STREAM =
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n3\r\n:\n\n\r\n";
    private static final ControlClient.Times SHORT =
            new ControlClient.Times(Duration.ofMillis(200), Duration.ofMillis(300));

    @TempDir
    private Path directory;

    private Path socket;
    private ServerSocketChannel server;
    private final List<SocketChannel> accepted = new ArrayList<>();

    @BeforeEach
    void listen() throws IOException {
        socket = directory.resolve("c.sock");
        server = server(socket, 50);
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        for (SocketChannel each : accepted) {
            each.close();
        }
    }

    private static ServerSocketChannel server(Path path, int backlog) throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path), backlog);
    }

    /** Answers the request of each connection with these bytes, and then not any more. */
    private void answer(String bytes) {
        Thread answering = new Thread(
                () -> {
                    try {
                        while (true) {
                            SocketChannel connection = server.accept();
                            accepted.add(connection);
                            // The client first connects without a request, and finds out that the process accepts.
                            if (connection.read(ByteBuffer.allocate(8192)) > 0) {
                                connection.write(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.US_ASCII)));
                            }
                        }
                    } catch (ClosedChannelException end) {
                        // the test ends
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                "hanging-server");
        answering.setDaemon(true);
        answering.start();
    }

    private void assertSilent(ThrowingCallable use, long millis) {
        assertThatThrownBy(use)
                .isInstanceOf(ControlException.class)
                .hasMessage("The daemon at " + socket + " has not answered within " + millis
                        + " ms: it may hang, or be stopped");
    }

    @Test
    void aDaemonThatDoesNotAnswerIsReportedByEachKindOfRequest() {
        try (ControlClient client = ControlClient.open(socket, SHORT);
                RemoteNode node = new RemoteNode(client, message -> null)) {
            assertSilent(() -> client.get("status"), 200);
            assertSilent(() -> client.send(HttpMethod.POST, "synchronize", Map.of(), Duration.ofMillis(100)), 300);
            assertSilent(() -> client.blocking(client.events("events/links").count()), 200);
            assertSilent(() -> node.discover("X", null, Duration.ofMinutes(1), found -> {}), 200);
            assertSilent(() -> node.getFlood("X", Duration.ofMinutes(1), flooded -> {}), 200);
        }
    }

    @Test
    void aStreamThatHasBegunAndStopsIsReportedAfterItsTime() {
        answer(BEGINNING_OF_A_STREAM);
        ControlClient.Times times = new ControlClient.Times(Duration.ofSeconds(2), Duration.ofMillis(300));
        try (ControlClient client = ControlClient.open(socket, times);
                RemoteNode node = new RemoteNode(client, message -> null)) {
            assertSilent(() -> client.blocking(client.events("events/links").count()), 300);
            assertSilent(() -> node.discover("X", null, Duration.ofMillis(150), found -> {}), 2150);
        }
    }

    @Test
    void aProcessThatAcceptsNoConnectionsIsReportedAtOnce() throws IOException {
        Path full = directory.resolve("full.sock");
        List<SocketChannel> waiting = new ArrayList<>();
        try (ServerSocketChannel never = server(full, 1)) {
            assertThat(never.isOpen()).isTrue();
            while (fits(full, waiting)) {
                // until its backlog is full
            }
            assertThatThrownBy(() -> ControlClient.open(full, SHORT))
                    .isInstanceOf(ControlException.class)
                    .hasMessageStartingWith("The process that serves " + full + " does not accept connections")
                    .hasMessageEndingWith(": it may hang");
        } finally {
            for (SocketChannel each : waiting) {
                each.close();
            }
        }
    }

    private static boolean fits(Path socket, List<SocketChannel> waiting) throws IOException {
        SocketChannel next = SocketChannel.open(StandardProtocolFamily.UNIX);
        waiting.add(next);
        next.configureBlocking(false);
        try {
            return next.connect(UnixDomainSocketAddress.of(socket));
        } catch (SocketException full) {
            return false;
        }
    }

    @Test
    void withoutADaemonTheOnlyNodeIsUsedAndSeveralAreNamed() throws IOException {
        Path none = directory.resolve("none");
        List<Path> daemons = List.of(directory.resolve("control.sock"), none.resolve("control.sock"));
        List<Path> directories = List.of(directory, none);
        Files.createFile(directory.resolve("ended-1.sock"));
        try (ControlClient client = ControlClient.ofNode(daemons, directories)) {
            assertThat(client.path()).isEqualTo(socket);
        }

        try (ServerSocketChannel crashed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            crashed.bind(UnixDomainSocketAddress.of(daemons.get(0)));
        }
        try (ControlClient client = ControlClient.ofNode(daemons, directories)) {
            assertThat(client.path())
                    .as("the socket of the daemon has outlived it")
                    .isEqualTo(socket);
        }
        Files.delete(daemons.get(0));

        Path other = directory.resolve("serve-12.sock");
        try (ServerSocketChannel serving = server(other, 50)) {
            assertThat(serving.isOpen()).isTrue();
            assertThatThrownBy(() -> ControlClient.ofNode(daemons, directories))
                    .isInstanceOf(ControlException.class)
                    .hasMessage("No daemon runs, and several other commands have a node; name one by --via: " + socket
                            + ", " + other);
            try (ServerSocketChannel daemon = server(daemons.get(0), 50);
                    ControlClient client = ControlClient.ofNode(daemons, directories)) {
                assertThat(daemon.isOpen()).isTrue();
                assertThat(client.path()).isEqualTo(daemons.get(0));
            }
        }
        assertThatThrownBy(() -> ControlClient.ofNode(List.of(none.resolve("control.sock")), List.of(none)))
                .hasMessageStartingWith("No daemon runs: there is no " + none.resolve("control.sock"));
    }

    @Test
    void theFirstPlaceThatIsServedIsUsed() throws IOException {
        Path none = directory.resolve("none").resolve("control.sock");
        Path dead = directory.resolve("dead");
        try (ServerSocketChannel ended = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            ended.bind(UnixDomainSocketAddress.of(dead));
        }
        for (List<Path> places : List.of(List.of(socket, dead), List.of(none, socket), List.of(dead, socket))) {
            try (ControlClient client = ControlClient.ofDaemon(places)) {
                assertThat(client.path()).isEqualTo(socket);
            }
        }
        assertThatThrownBy(() -> ControlClient.ofDaemon(List.of(none, dead)))
                .hasMessageStartingWith("Nothing serves " + dead + " (Connection refused)");
        assertThatThrownBy(() -> ControlClient.ofDaemon(List.of(none, none.resolveSibling("other"))))
                .hasMessage("No daemon runs: there is no " + none + ", and no " + none.resolveSibling("other")
                        + "; start one with 'grasp daemon', or name the socket of another command by --via");
    }
}
