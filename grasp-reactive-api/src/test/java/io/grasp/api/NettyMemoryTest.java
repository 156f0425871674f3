package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.config.Limits;
import io.grasp.config.Timeouts;
import io.grasp.engine.HeapUse;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.observe.EngineLoad;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.RequestNegotiation;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The memory that {@link Limits#worstCase} charges for connections and sessions is at least what they take on real
 * sockets. What is measured includes the sockets of the peers, which are in the same process.
 */
@Tag("long") // 2 MiB of earlier garbage can be collected during a measurement
class NettyMemoryTest extends NettyTest {
    private static final int COUNT = 400;
    private static final Objective EX3 = Objective.negotiable("EX3");
    private static final Limits LIMITS =
            Limits.DEFAULTS.withConnections(COUNT).withConnectionsPerPeer(COUNT).withSessions(3 * COUNT);

    private final List<SocketChannel> peers = new ArrayList<>();
    private Grasp node;

    /** A request of almost the maximum size. */
    private static byte[] request(int session) {
        byte[] request = MessageEncoder.encode(new RequestNegotiation(
                new SessionId(session), EX3.withValue(ObjectiveValue.of(new byte[1990])), List.of()));
        assertThat(request.length).isBetween(2000, 2048);
        return request;
    }

    private static byte[] incomplete(int number) {
        byte[] request = request(number);
        return Arrays.copyOf(request, request.length - 1);
    }

    private void start() {
        node = world.start(config ->
                config.withLimits(LIMITS).withTimeouts(Timeouts.DEFAULTS.withFirstMessage(Duration.ofMinutes(5))));
    }

    private void connect() throws IOException {
        InetSocketAddress address = new InetSocketAddress(
                world.awaitOne(node.links()).get(0).linkLocalAddress(),
                world.awaitOne(node.locators()).port());
        while (peers.size() < COUNT) {
            peers.add(SocketChannel.open(address));
            await(EngineLoad::channels, peers.size());
        }
    }

    private void await(ToIntFunction<EngineLoad> count, int expected) {
        world.awaitUntil("a load of " + expected, () -> count.applyAsInt(world.awaitOne(node.load())) == expected);
    }

    /** Each peer sends a message, in two parts. */
    private void send(IntFunction<byte[]> message) throws IOException {
        for (int i = 0; i < COUNT; i++) {
            byte[] all = message.apply(i);
            peers.get(i).write(ByteBuffer.wrap(all, 0, 1100));
        }
        world.awaitOne(node.load());
        for (int i = 0; i < COUNT; i++) {
            byte[] all = message.apply(i);
            peers.get(i).write(ByteBuffer.wrap(all, 1100, all.length - 1100));
        }
        world.awaitOne(node.load()); // after a turn of the loop, which reads its sockets
        world.awaitOne(node.load());
    }

    private void disconnect() throws IOException {
        for (SocketChannel peer : peers) {
            peer.close();
        }
        peers.clear();
        await(EngineLoad::channels, 0);
    }

    private static long charged(Limits more) {
        return more.worstCase().heapBytes() - LIMITS.worstCase().heapBytes();
    }

    @Test
    void aConnectionTakesNoMoreMemoryThanItIsChargedFor() throws IOException {
        start();
        connect();
        disconnect(); // Netty and the JDK have their tables now
        long before = HeapUse.now();
        connect();
        send(NettyMemoryTest::incomplete);
        long taken = HeapUse.now() - before;
        disconnect();

        long charged = charged(LIMITS.withConnections(2 * COUNT));
        assertThat(taken).isBetween(charged / 4, charged);
    }

    @Test
    void aSessionTakesNoMoreMemoryThanItIsChargedFor() throws IOException {
        start();
        Asa asa = world.awaitOne(node.registerAsa("asa"));
        world.await(asa.register(EX3));
        Collected<Negotiation> negotiations = world.collect(asa.listenNegotiate(EX3));
        connect();
        disconnect();
        long before = HeapUse.now();
        connect();
        send(NettyMemoryTest::request);
        await(EngineLoad::sessions, COUNT);
        send(NettyMemoryTest::incomplete); // which would be the peer's next message
        long taken = HeapUse.now() - before;
        assertThat(world.awaitOne(node.load()).sessions()).isEqualTo(COUNT);
        assertThat(negotiations.values()).hasSize(COUNT);
        disconnect();
        negotiations.cancel();

        long charged = charged(LIMITS.withSessions(4 * COUNT));
        assertThat(taken).isBetween(charged / 4, charged);
    }
}
