package io.grasp.benchmarks;

import io.grasp.benchmarks.memory.Messages;
import io.grasp.benchmarks.memory.Multicasts;
import io.grasp.benchmarks.memory.StillLink;
import io.grasp.benchmarks.memory.StillNode;
import io.grasp.config.EngineConfig;
import io.grasp.config.RelayLimits;
import io.grasp.config.RelayRate;
import io.grasp.wire.MessageEncoder;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** A node with several links relays floods without a rate limit. */
public class RelayBenchmark extends AverageTime {
    private static final RelayRate RATE = new RelayRate(1_000_000, 1_000_000);

    /** The number of links of the node. */
    @Param({"2", "8"})
    public int links = 2;

    private StillNode node = new StillNode(EngineConfig.DEFAULTS, 1);
    private StillLink link = node.substrate().links().get(0);
    private final Multicasts floods =
            new Multicasts(0x4000_0000, MessageEncoder.encode(Messages.flood(0x4000_0000L, "EX1", 6)));

    /** Makes the node. */
    @Setup
    public void make() {
        RelayLimits unbounded = RelayLimits.DEFAULTS.withFloods(RATE).withLinkPercent(100);
        EngineConfig defaults = EngineConfig.DEFAULTS;
        node = new StillNode(defaults.withRelay(unbounded), links);
        link = node.substrate().links().get(0);
        long before = sent();
        flood();
        if (sent() - before != links - 1) {
            throw new IllegalStateException("the flood was not relayed");
        }
    }

    private long sent() {
        return node.substrate().links().stream().mapToLong(StillLink::sent).sum();
    }

    /** One flood in, and out on all other links. */
    @Benchmark
    public void flood() {
        node.loop().pass(TimeUnit.MILLISECONDS.toNanos(10)); // refills the tokens, expires sessions
        node.substrate().multicast(link, floods.next());
    }
}
