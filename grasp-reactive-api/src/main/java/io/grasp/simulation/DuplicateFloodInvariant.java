package io.grasp.simulation;

import io.grasp.model.MessageInfo;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Checks that no node processes a flood twice; a crash resets a node's memory.
 *
 * @param besideAdversaries whether only those floods count that GRASP nodes have begun, and that came first on a link
 *     without an adversary, from a neighbor that has passed on none of an adversary: a node remembers fewer messages of
 *     a neighbor that sends very many
 */
record DuplicateFloodInvariant(boolean besideAdversaries) implements Invariant {
    @Override
    public String name() {
        return "no duplicate floods";
    }

    @Override
    public Check begin(SimNetwork network, Consumer<String> violated) {
        HonestTraffic honest = new HonestTraffic(network);
        return new Check() {
            @Override
            public GraspObserver started(SimNode node) {
                honest.started(node);
                return new Watching(node, honest, violated);
            }
        };
    }

    private final class Watching implements GraspObserver {
        private final SimNode node;
        private final HonestTraffic honest;
        private final Consumer<String> violated;
        private final DuplicateDetector<MulticastKey> processed;
        /** The path on which each multicast came first. */
        private final Map<MulticastKey, MessagePath> received = new HashMap<>();

        Watching(SimNode node, HonestTraffic honest, Consumer<String> violated) {
            this.node = node;
            this.honest = honest;
            this.violated = violated;
            this.processed = new DuplicateDetector<>(node);
        }

        @Override
        public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
            MulticastKey key = MulticastKey.of(message);
            if (besideAdversaries && key != null && !received.containsKey(key)) {
                honest.begun(key);
            }
        }

        @Override
        public void messageReceived(MessageInfo message, byte[] encoded, MessagePath path) {
            MulticastKey key = MulticastKey.of(message);
            if (besideAdversaries && key != null) {
                honest.received(node, message, path);
                received.putIfAbsent(key, path);
            }
        }

        @Override
        public void floodProcessed(MessageInfo flood, MessagePath path) {
            MulticastKey key = MulticastKey.of(flood);
            Duration since = key == null ? null : processed.done(key);
            if (key != null && since != null && counts(key)) {
                violated.accept(node.name() + " has processed " + key + " twice within " + Violation.seconds(since));
            }
        }

        private boolean counts(MulticastKey key) {
            MessagePath first = received.get(key);
            return !besideAdversaries
                    || first != null && honest.isBegun(key) && honest.isClean(first) && honest.isAllHonest(node, first);
        }
    }
}
