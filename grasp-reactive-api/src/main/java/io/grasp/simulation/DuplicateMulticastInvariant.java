package io.grasp.simulation;

import io.grasp.model.MessageInfo;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import java.time.Duration;
import java.util.function.Consumer;

/** Checks that no node sends a multicast twice on a link; a crash resets a node's memory. */
record DuplicateMulticastInvariant() implements Invariant {
    @Override
    public String name() {
        return "no duplicate multicasts";
    }

    @Override
    public Check begin(SimNetwork network, Consumer<String> violated) {
        return new Check() {
            @Override
            public GraspObserver started(SimNode node) {
                DuplicateDetector<Sent> recent = new DuplicateDetector<>(node);
                return new GraspObserver() {
                    @Override
                    public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
                        MulticastKey key = MulticastKey.of(message);
                        Duration since = key == null ? null : recent.done(new Sent(key, path.link()));
                        if (since != null) {
                            violated.accept(node.name() + " sends " + key + " on link " + path.link() + " again after "
                                    + Violation.seconds(since));
                        }
                    }
                };
            }
        };
    }

    private record Sent(MulticastKey key, String link) implements Comparable<Sent> {
        @Override
        public int compareTo(Sent other) {
            int byKey = key.compareTo(other.key);
            return byKey != 0 ? byKey : link.compareTo(other.link);
        }
    }
}
