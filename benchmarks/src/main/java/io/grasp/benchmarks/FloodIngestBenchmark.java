package io.grasp.benchmarks;

import io.grasp.benchmarks.memory.NoOpLink;
import io.grasp.benchmarks.memory.NoOpNode;
import io.grasp.benchmarks.memory.RepeatedMulticast;
import io.grasp.benchmarks.memory.SampleMessages;
import io.grasp.config.EngineConfig;
import io.grasp.wire.MessageEncoder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Receives a flood and caches it. The ceiling only copies the datagram. */
public class FloodIngestBenchmark extends AverageTime {
    /** The number of objectives that are flooded in turn and cached. */
    @Param({"1", "100", "10000"})
    public int objectives = 1;

    private final NoOpNode node = new NoOpNode(EngineConfig.DEFAULTS, 1);
    private final NoOpLink link = node.substrate().links().get(0);
    private RepeatedMulticast floods = new RepeatedMulticast(0x4000_0000);

    /** Caches every objective. */
    @Setup
    public void fill() {
        byte[][] templates = new byte[objectives][];
        for (int i = 0; i < objectives; i++) {
            templates[i] = MessageEncoder.encode(SampleMessages.flood(0x4000_0000L, "EX" + i, 6));
        }
        floods = new RepeatedMulticast(0x4000_0000, templates);
        for (int i = 0; i < objectives; i++) {
            ingest();
        }
    }

    /** {@return the datagram} The ceiling. */
    @Benchmark
    public byte[] copy() {
        return floods.next();
    }

    /** Receives one flood. */
    @Benchmark
    public void ingest() {
        node.loop().run();
        node.substrate().multicast(link, floods.next());
    }
}
