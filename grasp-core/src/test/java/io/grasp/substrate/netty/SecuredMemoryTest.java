package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.engine.HeapUse;
import io.grasp.model.MemoryNeed;
import io.grasp.security.NodeIdentity;
import io.grasp.security.TestMember;
import io.grasp.security.TestPeer;
import io.grasp.security.TlsRole;
import io.grasp.substrate.Link;
import io.grasp.substrate.netty.overlay.Identities;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import io.grasp.substrate.netty.quads.QuadsKey;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBufAllocator;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The memory that {@link OverlayConfig#worstCase} charges for handshakes, neighbors and sessions is at least what peers
 * can make a node keep. What is measured of the heap includes the peers, which are in the same process.
 */
@Tag("long") // some MiB of earlier garbage can be collected during a measurement
@ExtendWith(NoLeaks.class)
class SecuredMemoryTest {
    private static final Identities DOMAIN = new Identities();
    private static final OverlayConfig CONFIG =
            OverlayConfig.defaults().withMaxHandshakes(500, 500).withMaxConnections(500, 500);
    private static NettyLoop loop;
    private static TestMember member;

    private final List<AutoCloseable> peers = new ArrayList<>();
    private NodeIdentity identity;
    private OverlayNode node;

    @BeforeAll
    static void open() {
        TestNetwork.require();
        loop = NettyLoop.create();
        member = DOMAIN.authority().issue(Identities.name("peer"));
    }

    @AfterAll
    static void end() {
        if (loop != null) {
            TestLoops.close(loop);
        }
    }

    private void start(UnaryOperator<OverlayConfig> settings) {
        identity = DOMAIN.open("node");
        node = OverlayNode.start(
                loop,
                identity,
                config -> settings.apply(config.withMaxHandshakes(500, 500)
                        .withMaxConnections(500, 500)
                        .withMaxSessions(1000, 1000)
                        .withMaxNeighbors(100)
                        .withHandshakeTimeout(Duration.ofMinutes(5))
                        .withKeepalive(Duration.ofMinutes(5))));
    }

    @AfterEach
    void close() throws Exception {
        if (node == null) {
            return;
        }
        closePeers();
        node.close();
        identity.close();
    }

    private void closePeers() throws Exception {
        for (AutoCloseable each : peers) {
            each.close();
        }
        peers.clear();
        Await.until("the end of all", () -> TestNetwork.openSockets().size() <= 1);
    }

    private static long direct() {
        return ((AdaptiveByteBufAllocator) ByteBufAllocator.DEFAULT).usedDirectMemory();
    }

    /** Does something so many times that all tables have their sizes, forgets it, and then measures it. */
    private MemoryNeed.Part measure(String what, ThrowingRunnable doing) throws Exception {
        doing.run();
        closePeers();
        long heap = HeapUse.now();
        long direct = direct();
        doing.run();
        TestNetwork.awaitRead(node.port());
        node.onLoop(() -> true);
        MemoryNeed.Part taken = new MemoryNeed.Part(what, HeapUse.now() - heap, direct() - direct);
        System.err.println("TAKEN " + taken + " by " + peers.size());
        return taken;
    }

    private interface ThrowingRunnable {
        void run() throws Exception;
    }

    private static void assertCharged(MemoryNeed.Part taken, OverlayConfig more, OverlayConfig less) {
        long heap = more.worstCase().heapBytes() - less.worstCase().heapBytes();
        long direct = more.worstCase().directBytes() - less.worstCase().directBytes();
        System.err.println("CHARGED " + heap + " " + direct);
        assertThat(taken.heapBytes()).isBetween(heap / 8, heap);
        assertThat(taken.directBytes()).isBetween(0L, direct);
    }

    @Test
    void aHandshakeUnderWayTakesNoMoreThanItIsChargedFor() throws Exception {
        start(config -> config);
        int count = 100;
        MemoryNeed.Part taken = measure("handshakes", () -> {
            for (int i = 0; i < count; i++) {
                Socket outsider = new Socket(OverlayNode.HOST, node.port());
                peers.add(outsider);
                SSLEngine engine = TestPeer.with(member).newEngine(TlsRole.CLIENT, "TLSv1.3");
                engine.beginHandshake();
                ByteBuffer hello = ByteBuffer.allocate(1 << 15);
                engine.wrap(ByteBuffer.allocate(0), hello);
                outsider.getOutputStream().write(hello.array(), 0, hello.position());
                assertThat(outsider.getInputStream().read()).as("its answer").isEqualTo(22);
                byte[] record = new byte[5 + 16_000]; // of 16,384 bytes
                record[0] = 23;
                record[1] = 3;
                record[2] = 3;
                record[3] = 0x40;
                outsider.getOutputStream().write(record);
            }
        });
        assertCharged(taken, CONFIG.withMaxHandshakes(500 + count, 500), CONFIG);
    }

    @Test
    void aNeighborTakesNoMoreThanItIsChargedFor() throws Exception {
        start(config -> config);
        int count = 12;
        MemoryNeed.Part taken = measure("neighbors", () -> {
            for (int i = 0; i < count; i++) {
                RawMember peer = RawMember.connect(member, node.port()).hello(0, true);
                peers.add(peer);
            }
            node.awaitLinks(count);
            for (AutoCloseable each : peers) {
                for (int i = 0; i < 7; i++) {
                    ((RawMember) each).part(new byte[8192]);
                }
            }
            TestNetwork.awaitRead(node.port());
            for (Link link : List.copyOf(node.links)) {
                fill(link);
            }
        });
        assertCharged(taken, CONFIG.withMaxConnections(500 + count, 500), CONFIG);
    }

    /** Floods until the neighbor, which reads nothing, is too slow. */
    private void fill(Link link) {
        CompletableFuture<Throwable> full = new CompletableFuture<>();
        for (int i = 0; i < 500 && !full.isDone(); i++) {
            node.onLoop(() -> {
                link.multicast(new byte[32_000], failure -> {
                    if (failure != null) {
                        full.complete(failure);
                    }
                });
                return true;
            });
        }
        Await.result("a full queue", full);
    }

    @Test
    void aStreamThatIsNotReadTakesNoMoreThanItIsChargedFor() throws Exception {
        start(config -> config);
        node.pauses = true;
        int count = 400;
        MemoryNeed.Part taken = measure("streams", () -> {
            node.accepted.clear();
            for (int i = 0; i < 2; i++) {
                RawMember peer = RawMember.connect(member, node.port()).hello(0, false);
                peers.add(peer);
                for (int number = 1; number < count; number += 2) {
                    peer.stream(number, (byte) 1);
                    for (int half = 0; half < 2; half++) {
                        peer.data(number, new byte[8191]);
                    }
                }
            }
            Await.until("all sessions", () -> node.accepted.size() == count);
        });
        assertCharged(taken, CONFIG.withMaxSessions(2048, 256), CONFIG.withMaxSessions(2048 - count, 256));
    }

    /** The node reads all of them at once, because it was busy when they came. */
    @Test
    void aSessionOnItsOwnConnectionTakesNoMoreThanItIsChargedFor() throws Exception {
        start(config -> config);
        node.pauses = true;
        int count = 30;
        MemoryNeed.Part taken = measure("sessions on their own connections", () -> {
            node.accepted.clear();
            for (int i = 0; i < count; i++) {
                RawMember peer = RawMember.connect(member, node.port(), "grasp", () -> {});
                peers.add(peer);
                int accepted = i + 1;
                Await.until("a session", () -> node.accepted.size() == accepted);
                CountDownLatch sent = new CountDownLatch(1);
                CompletableFuture<Boolean> busy = new CompletableFuture<>();
                loop.execute(() -> busy.complete(awaits(sent)));
                for (int k = 0; k < 3000; k++) {
                    peer.write(new byte[] {7});
                }
                sent.countDown();
                assertThat(Await.result("the loop", busy)).isTrue();
            }
        });
        assertCharged(taken, CONFIG.withMaxSessions(2048, 256), CONFIG.withMaxSessions(2048 - count, 256));
    }

    @Test
    void decryptingAQuadsConnectionTakesNoMoreThanItIsChargedFor() throws Exception {
        QuadsKey key = QuadsKey.of(new byte[QuadsKey.KEY_BYTES], new byte[QuadsKey.IV_BYTES]);
        MessageCipher cipher = MessageCipher.of(key);
        byte[] part = Arrays.copyOf(cipher.encrypt(new byte[] {0x59, 0x07, (byte) 0xD0}), 15);
        int count = 10_000;
        List<MessageCipher.Input> readers = new ArrayList<>(count);
        long before = HeapUse.now();
        for (int i = 0; i < count; i++) {
            MessageCipher.Input reader = cipher.newInput();
            reader.decrypt(part);
            readers.add(reader);
        }
        long taken = HeapUse.now() - before;
        assertThat(readers).hasSize(count);
        NettyConfig config =
                NettyConfig.defaults().withMaxAcceptedConnections(count).withMaxReplies(1);
        long charged = config.withQuads(key).worstCase().heapBytes()
                - config.worstCase().heapBytes();
        assertThat(taken).isBetween(charged / 8, charged);
    }

    private static boolean awaits(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            Thread.onSpinWait(); // a loop must not block
        }
        return true;
    }
}
