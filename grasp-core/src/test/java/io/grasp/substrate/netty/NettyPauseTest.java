package io.grasp.substrate.netty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.substrate.Link;
import io.grasp.substrate.netty.time.FixedDelayTimers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The loop is paused: input that arrived during the pause counts, even if its timeout has expired by then. */
@ExtendWith(NoLeaks.class)
class NettyPauseTest {
    private static final NettyConfig ON_LOOPBACK = NettyConfig.defaults().withLinks(TestNetwork.LOOPBACK);
    private static final byte[] MESSAGE = "message".getBytes(UTF_8);
    private static final int WAIT_MILLIS = 20;

    private final List<String> events = new CopyOnWriteArrayList<>();
    private NettyNode node;
    private NettyNode neighbor;

    @BeforeAll
    static void requireNetwork() {
        TestNetwork.require();
    }

    @BeforeEach
    void start() {
        node = NettyNode.started(ON_LOOPBACK);
        node.onMessage = message -> events.add("received");
        node.onAccepted = peer -> peer.onReceived = self -> events.add("received");
        neighbor = NettyNode.started(ON_LOOPBACK);
    }

    @AfterEach
    void close() {
        node.close();
        neighbor.close();
        assertThat(TestNetwork.openSockets()).isEmpty();
    }

    /** An answer on a new connection takes two reads: one that accepts it, one for the message. */
    @Test
    void inputOfANewConnectionIsDeliveredBeforeAnElapsedDeadline() {
        InetSocketAddress at = node.at("::1");
        try (Socket peer = new Socket()) {
            node.hold(this::armDeadline, () -> {
                send(peer, at);
                long held = System.nanoTime();
                Await.until("a pause", () -> System.nanoTime() - held > TimeUnit.MILLISECONDS.toNanos(2 * WAIT_MILLIS));
            });
            Await.until("the deadline", () -> events.contains("over"));
            assertThat(events).containsExactly("received", "over");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void armDeadline() {
        NettyLoop loop = node.substrate.loop();
        loop.wakeAt(loop.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS), () -> events.add("over"));
    }

    private static void send(Socket peer, InetSocketAddress at) {
        try {
            peer.connect(at);
            peer.getOutputStream().write(MESSAGE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Netty reads sixteen datagrams of a socket at a time. */
    @Test
    void receivedDatagramsAreDeliveredBeforeAnElapsedDeadline() {
        Link link = neighbor.link();
        node.hold(this::armDeadline, () -> {
            for (int i = 0; i < 40; i++) {
                assertThat(neighbor.multicast(link, MESSAGE)).isNull();
            }
            long held = System.nanoTime();
            Await.until("a pause", () -> System.nanoTime() - held > TimeUnit.MILLISECONDS.toNanos(2 * WAIT_MILLIS));
        });
        Await.until("the deadline", () -> events.contains("over"));
        assertThat(events).hasSize(41).endsWith("over");
    }

    /** A pause may also begin between two due timers: a timer that became due during the pause waits for the sockets. */
    @Test
    void socketsAreReadBeforeATimerThatElapsedDuringAPause() {
        NettyLoop loop = node.substrate.loop();
        FixedDelayTimers waits = new FixedDelayTimers(loop, TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS));
        InetSocketAddress at = node.at("::1");
        try (Socket peer = new Socket()) {
            send(peer, at);
            Await.until("a message", () -> events.contains("received"));
            events.clear();
            CompletableFuture<Boolean> paused = new CompletableFuture<>();
            AtomicBoolean written = new AtomicBoolean();
            loop.execute(() -> {
                long nanos = TimeUnit.MILLISECONDS.toNanos(WAIT_MILLIS);
                long begun = loop.nanoTime();
                loop.wakeAt(begun + nanos, () -> {
                    paused.complete(true);
                    busyUntil(begun + 4 * nanos);
                    while (!written.get() && loop.nanoTime() - begun < TimeUnit.SECONDS.toNanos(10)) {
                        // the time that the other thread needs to write
                    }
                });
                waits.begin(() -> events.add("first"));
                busyUntil(begun + nanos / 2);
                waits.begin(() -> events.add("second"));
                busyUntil(begun + nanos + nanos / 4); // both are due, the second wait is not
            });
            Await.result("the pause", paused);
            peer.getOutputStream().write(MESSAGE);
            written.set(true);
            Await.until("both", () -> events.contains("second"));
            // The first timer expired before the pause. It may also run after the sockets, if the thread was not
            // scheduled.
            assertThat(events)
                    .hasSize(3)
                    .containsSubsequence("received", "second")
                    .containsSubsequence("first", "second");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void busyUntil(long nanoTime) {
        while (node.substrate.loop().nanoTime() - nanoTime < 0) {
            // Not by blocking: BlockHound makes that fail on a loop.
        }
    }
}
