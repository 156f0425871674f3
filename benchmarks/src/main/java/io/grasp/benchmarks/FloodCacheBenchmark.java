package io.grasp.benchmarks;

import io.grasp.benchmarks.memory.Messages;
import io.grasp.benchmarks.memory.StillLink;
import io.grasp.benchmarks.memory.StillNode;
import io.grasp.config.EngineConfig;
import io.grasp.model.FloodedObjective;
import io.grasp.wire.MessageEncoder;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Looking up a flooded objective among many. */
public class FloodCacheBenchmark extends AverageTime {
    /** The number of cached objectives. */
    @Param({"1", "100", "10000"})
    public int objectives = 1;

    private final StillNode node = new StillNode(EngineConfig.DEFAULTS, 1);

    /** Fills the cache by floods. */
    @Setup
    public void fill() {
        StillLink link = node.substrate().links().get(0);
        for (int i = 0; i < objectives; i++) {
            node.substrate().multicast(link, MessageEncoder.encode(Messages.flood(0x4000_0000L + i, "EX" + i, 6)));
        }
        if (get().isEmpty()) {
            throw new IllegalStateException("nothing was kept");
        }
    }

    /** {@return the cached copies of one objective} */
    @Benchmark
    public List<FloodedObjective> get() {
        return node.asa().getFlood("EX0");
    }
}
