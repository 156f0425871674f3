package io.grasp.benchmarks;

import io.grasp.benchmarks.memory.SampleMessages;
import io.grasp.cbor.CborException;
import io.grasp.cbor.CborLimits;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.MessageFramer;
import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.infra.Blackhole;

/** Finds the end of a message in a stream that is split into chunks. */
public class FramerBenchmark extends AverageTime {
    /** The number of bytes that one read returns; 0 for the complete message, the usual case. */
    @Param({"0", "16", "1"})
    public int chunk;

    private final MessageFramer framer = new MessageFramer(CborLimits.DEFAULT);
    private byte[][] chunks = {};

    /** Splits a flood into chunks. */
    @Setup
    public void split() {
        byte[] message = MessageEncoder.encode(SampleMessages.of("M_FLOOD"));
        int size = chunk == 0 ? message.length : chunk;
        int count = (message.length + size - 1) / size;
        chunks = new byte[count][];
        for (int i = 0; i < count; i++) {
            chunks[i] = Arrays.copyOfRange(message, i * size, Math.min(message.length, (i + 1) * size));
        }
    }

    /** Finds the end of one message. */
    @Benchmark
    public void frame(Blackhole blackhole) throws CborException {
        for (byte[] each : chunks) {
            framer.feed(each);
            blackhole.consume(framer.next());
        }
    }
}
