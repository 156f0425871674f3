package io.grasp.benchmarks;

import io.grasp.benchmarks.memory.NoOpLink;
import io.grasp.benchmarks.memory.NoOpNode;
import io.grasp.benchmarks.memory.SampleMessages;
import io.grasp.config.EngineConfig;
import io.grasp.config.Limits;
import io.grasp.model.FloodedObjective;
import io.grasp.wire.MessageEncoder;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Measures how long it takes to look up a flooded objective among many. */
public class FloodCacheBenchmark extends AverageTime {
    /** The number of cached objectives. */
    @Param({"1", "100", "10000"})
    public int objectives = 1;

    private final NoOpNode node =
            new NoOpNode(EngineConfig.DEFAULTS.withLimits(Limits.DEFAULTS.withFloodBytes(32 << 20)), 1);

    /** Receives a flood of each objective. */
    @Setup
    public void fill() {
        NoOpLink link = node.substrate().links().get(0);
        for (int i = 0; i < objectives; i++) {
            node.substrate()
                    .multicast(link, MessageEncoder.encode(SampleMessages.flood(0x4000_0000L + i, "EX" + i, 6)));
        }
        if (get().isEmpty()) {
            throw new IllegalStateException("nothing was cached");
        }
    }

    /** {@return the cached copies of one objective} */
    @Benchmark
    public List<FloodedObjective> get() {
        return node.asa().getFlood("EX0");
    }
}
