package io.grasp.benchmarks;

import io.grasp.benchmarks.memory.NoOpLink;
import io.grasp.benchmarks.memory.NoOpNode;
import io.grasp.benchmarks.memory.RepeatedMulticast;
import io.grasp.benchmarks.memory.SampleMessages;
import io.grasp.config.EngineConfig;
import io.grasp.config.RelayLimits;
import io.grasp.config.RelayRate;
import io.grasp.wire.MessageEncoder;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * Measures how long a node with several links takes to relay a flood. The relay rate is so high that it does not limit.
 */
public class RelayBenchmark extends AverageTime {
    private static final RelayRate RATE = new RelayRate(1_000_000, 1_000_000);

    /** The number of links of the node. */
    @Param({"2", "8"})
    public int links = 2;

    private NoOpNode node = new NoOpNode(EngineConfig.DEFAULTS, 1);
    private NoOpLink link = node.substrate().links().get(0);
    private final RepeatedMulticast floods =
            new RepeatedMulticast(0x4000_0000, MessageEncoder.encode(SampleMessages.flood(0x4000_0000L, "EX1", 6)));

    /** Creates the node, and checks that it relays. */
    @Setup
    public void create() {
        RelayLimits unbounded = RelayLimits.DEFAULTS.withFloods(RATE).withLinkPercent(100);
        EngineConfig defaults = EngineConfig.DEFAULTS;
        node = new NoOpNode(defaults.withRelay(unbounded), links);
        link = node.substrate().links().get(0);
        long before = sent();
        flood();
        if (sent() - before != links - 1) {
            throw new IllegalStateException("the flood was not relayed");
        }
    }

    private long sent() {
        return node.substrate().links().stream().mapToLong(NoOpLink::sent).sum();
    }

    /** Receives one flood and relays it on all other links. */
    @Benchmark
    public void flood() {
        node.loop().pass(TimeUnit.MILLISECONDS.toNanos(10)); // refills the tokens, expires sessions
        node.substrate().multicast(link, floods.next());
    }
}
