package io.grasp.simulation;

import io.grasp.engine.GraspObserver;
import io.grasp.engine.MessagePath;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.GraspMessage;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** The multicasts that each life of a node has sent on each link. */
record MulticastsAreSentOnce() implements Invariant {
    /** Twice GRASP_DEF_TIMEOUT, by the node's own clock. */
    private static final Duration MEMORY = Duration.ofMinutes(2);

    @Override
    public String name() {
        return "multicasts are sent once";
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

    private record Sent(MulticastKey key, String link) {}

    private static final class Remembering implements GraspObserver {
        private final SimNode node;
        private final Consumer<String> violated;
        private final Map<Sent, Long> sent = new HashMap<>();

        Remembering(SimNode node, Consumer<String> violated) {
            this.node = node;
            this.violated = violated;
        }

        @Override
        public void messageSent(GraspMessage message, byte[] encoded, MessagePath path) {
            MulticastKey key = MulticastKey.of(message);
            if (key == null) {
                return;
            }
            long now = node.loop().nanoTime();
            Long before = sent.put(new Sent(key, path.link()), now);
            if (before != null && now - before < MEMORY.toNanos()) {
                violated.accept(node.name() + " sends " + key + " on link " + path.link() + " again after "
                        + Texts.seconds(Duration.ofNanos(now - before), 3) + " s");
            }
        }
    }
}
