package io.grasp.benchmarks;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.grasp.substrate.sim.VirtualLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import reactor.core.publisher.Mono;

/** Two nodes of a benchmark, and the substrate that they run on. */
abstract class NodePair {
    /** Stands for the pair before the nodes exist. */
    static final NodePair NONE = new OnSockets();

    private final List<Grasp> open = new ArrayList<>();

    /** {@return the settings with a substrate for one more node} */
    abstract GraspConfig onSubstrate(GraspConfig config);

    /** Waits for a value. */
    abstract <T> T await(Mono<T> value);

    final Grasp start(GraspConfig config) {
        Grasp node = await(Grasp.start(onSubstrate(config)));
        open.add(node);
        return node;
    }

    final void close() {
        open.forEach(node -> await(node.closeAsync().thenReturn(true)));
        open.clear();
    }

    static NodePair simulated() {
        return new Simulated();
    }

    static NodePair onSockets() {
        return new OnSockets();
    }

    private static final class Simulated extends NodePair {
        private static final Duration PATIENCE = Duration.ofMinutes(10);

        private final VirtualLoop loop = new VirtualLoop();
        private final SimNetwork network = SimNetwork.create(loop, 1);
        private final SimLink link = network.link("lan", LinkKind.DATAGRAM, Duration.ofMillis(1));
        private int count;

        @Override
        GraspConfig onSubstrate(GraspConfig config) {
            SimNode node = network.node("node-" + ++count);
            network.connect(node, link);
            return config.withSubstrate(() -> node);
        }

        @Override
        <T> T await(Mono<T> value) {
            List<T> values = new ArrayList<>(1);
            List<Throwable> failures = new ArrayList<>(0);
            value.subscribe(values::add, failures::add);
            if (!loop.runUntil(() -> !values.isEmpty() || !failures.isEmpty(), PATIENCE) || values.isEmpty()) {
                throw new IllegalStateException("no value: " + failures);
            }
            return values.get(0);
        }
    }

    private static final class OnSockets extends NodePair {
        @Override
        GraspConfig onSubstrate(GraspConfig config) {
            return config.withNetwork(NettyConfig.defaults().withAssumeSecure(true));
        }

        @Override
        <T> T await(Mono<T> value) {
            return Objects.requireNonNull(value.block());
        }
    }
}
