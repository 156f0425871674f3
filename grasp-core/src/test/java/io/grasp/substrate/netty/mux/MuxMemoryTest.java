package io.grasp.substrate.netty.mux;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.engine.HeapUse;
import io.grasp.substrate.Completion;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A peer that sends all that it may and reads nothing makes one connection keep no more than {@link MuxConfig} says, be
 * it in few parts or in many: the objects around the parts count too.
 */
class MuxMemoryTest {
    private static final int CONNECTIONS = 20;
    private static final int STREAMS = 8;
    private static final MuxConfig CONFIG = MuxConfig.defaults().withMaxStreams(STREAMS);

    /** In all, almost as many pings as may wait to be answered. */
    private static final int SECONDS = 5;

    private static final int PINGS_PER_SECOND = 800;

    /** What the ends of the test themselves take: they record events. */
    private static final long OF_TEST = 40L << 10;

    private static MuxEnd full(int partBytes) {
        MuxPair pair = new MuxPair(CONFIG).settle();
        MuxEnd end = pair.acceptor;
        end.channel.config().setAllocator(new UnpooledByteBufAllocator(false, true)); // records of leaks are large
        end.onAccepted = stream -> stream.reading(false);
        end.blocked(true);
        for (int number = 1; number <= 2 * STREAMS; number += 2) {
            ByteArrayOutputStream window = new ByteArrayOutputStream();
            for (int at = 0; at < CONFIG.windowBytes; at += partBytes) {
                window.writeBytes(frame(Frames.DATA, at == 0 ? Frames.OPEN : 0, number, new byte[partBytes]));
            }
            end.receive(window.toByteArray());
        }
        ByteArrayOutputStream incomplete = new ByteArrayOutputStream();
        for (int at = 0; at + partBytes < CONFIG.maxMessageBytes; at += partBytes) {
            incomplete.writeBytes(frame(Frames.MESSAGE, 0, 0, new byte[partBytes]));
        }
        end.receive(incomplete.toByteArray());
        AtomicBoolean refused = new AtomicBoolean();
        Completion sent = failure -> refused.compareAndSet(false, failure != null);
        while (end.channel.isWritable()) {
            end.call(() -> end.connection.sendMessage(new byte[Frames.MAX_PAYLOAD], sent));
        }
        while (!refused.get()) {
            end.call(() -> end.connection.sendMessage(new byte[partBytes], sent));
        }
        for (int second = 0; second < SECONDS; second++) {
            ByteArrayOutputStream pings = new ByteArrayOutputStream();
            for (int i = 0; i < PINGS_PER_SECOND; i++) {
                pings.writeBytes(Frames.ping(i, 0));
            }
            end.receive(pings.toByteArray());
            pair.loop.advance(Duration.ofSeconds(1));
        }
        return end;
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(Frames.HEADER_BYTES + payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putShort((short) payload.length)
                .putInt(stream)
                .put(payload)
                .array();
    }

    /** 32 bytes are less than any message of GRASP between neighbors has. */
    @ParameterizedTest
    @ValueSource(ints = {32, 8192})
    void aPeerThatSendsAllItMayAndReadsNothingTakesNoMoreThanItIsChargedFor(int partBytes) {
        full(partBytes).disconnect(); // loads the classes
        long before = HeapUse.now();
        List<MuxEnd> ends = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            ends.add(full(partBytes));
        }
        long heap = (HeapUse.now() - before) / CONNECTIONS;

        assertThat(ends).allMatch(each -> each.channel.isOpen());
        for (MuxEnd each : ends) {
            assertThat(each.channel.unsafe().outboundBuffer().totalPendingWriteBytes())
                    .isBetween(1L, CONFIG.worstCaseBytesOfTransport());
        }
        ends.forEach(MuxEnd::disconnect);
        assertThat(heap).isBetween(CONFIG.worstCaseBytes() / 2, CONFIG.worstCaseBytes() + OF_TEST);
    }
}
