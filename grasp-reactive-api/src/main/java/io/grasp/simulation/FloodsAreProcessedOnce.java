package io.grasp.simulation;

import io.grasp.engine.GraspObserver;
import io.grasp.engine.MessagePath;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.Flood;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Floods that each life of a node has processed. */
record FloodsAreProcessedOnce() implements Invariant {
    /** Twice GRASP_DEF_TIMEOUT, by the node's own clock. */
    private static final Duration MEMORY = Duration.ofMinutes(2);

    @Override
    public String name() {
        return "floods are processed once";
    }

    @Override
    public Check begin(Simulation simulation, Consumer<String> violated) {
        return new Check() {
            @Override
            public GraspObserver started(SimNode node) {
                return new Remembering(node, violated);
            }
        };
    }

    private static final class Remembering implements GraspObserver {
        private final SimNode node;
        private final Consumer<String> violated;
        private final Map<MulticastKey, Long> processed = new HashMap<>();

        Remembering(SimNode node, Consumer<String> violated) {
            this.node = node;
            this.violated = violated;
        }

        @Override
        public void floodProcessed(Flood flood, MessagePath path) {
            long now = node.loop().nanoTime();
            MulticastKey key = new MulticastKey(flood.type(), flood.session(), flood.initiator());
            Long before = processed.put(key, now);
            if (before != null && now - before < MEMORY.toNanos()) {
                violated.accept(node.name() + " has processed " + key + " twice within "
                        + Texts.seconds(Duration.ofNanos(now - before), 3) + " s");
            }
        }
    }
}
