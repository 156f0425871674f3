package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** A node, and peers that are plain blocking sockets, well-behaved or not. */
@ExtendWith(NoLeaks.class)
abstract class PlainPeers {
    static final NettyConfig ON_LOOPBACK =
            NettyConfig.defaults().withLinks(TestNetwork.LOOPBACK).withCloseTimeout(Duration.ofMillis(300));

    static final InetAddress LOOPBACK = NetUtil.LOCALHOST6;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    NettyNode node;
    ServerSocket server;

    @BeforeAll
    static void requireNetwork() {
        TestNetwork.require();
    }

    @BeforeEach
    void open() throws IOException {
        node = NettyNode.started(ON_LOOPBACK);
        server = new ServerSocket(0, 50, LOOPBACK);
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        node.close();
        threads.shutdownNow();
        assertThat(TestNetwork.openSockets()).isEmpty();
    }

    interface Play {
        void with(Socket socket) throws IOException;
    }

    /** Handles the next peer that connects in this way; the result throws any failure. */
    final CompletableFuture<Void> peer(Play play) {
        return CompletableFuture.runAsync(
                () -> {
                    try (Socket socket = server.accept()) {
                        socket.setSoTimeout(10_000);
                        play.with(socket);
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                },
                threads);
    }

    final NettyPeer connect() {
        return connect(ours -> {});
    }

    /** @param prepare sets the behavior of our end, before the peer can be connected */
    final NettyPeer connect(Consumer<NettyPeer> prepare) {
        return node.connect((InetSocketAddress) server.getLocalSocketAddress(), prepare);
    }

    static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    final List<Throwable> uncaught() {
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        return node.call(() -> {
            Thread.currentThread().setUncaughtExceptionHandler((thread, what) -> failures.add(what));
            return failures;
        });
    }
}
