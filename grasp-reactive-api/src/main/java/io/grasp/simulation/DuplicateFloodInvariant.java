package io.grasp.simulation;

import io.grasp.model.MessageInfo;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import java.time.Duration;
import java.util.function.Consumer;

/** Checks that no node processes a flood twice; a crash resets a node's memory. */
record DuplicateFloodInvariant() implements Invariant {
    @Override
    public String name() {
        return "no duplicate floods";
    }

    @Override
    public Check begin(SimNetwork network, Consumer<String> violated) {
        return new Check() {
            @Override
            public GraspObserver started(SimNode node) {
                DuplicateDetector<MulticastKey> processed = new DuplicateDetector<>(node);
                return new GraspObserver() {
                    @Override
                    public void floodProcessed(MessageInfo flood, MessagePath path) {
                        MulticastKey key = MulticastKey.of(flood);
                        Duration since = key == null ? null : processed.done(key);
                        if (since != null) {
                            violated.accept(node.name() + " has processed " + key + " twice within "
                                    + Violation.seconds(since));
                        }
                    }
                };
            }
        };
    }
}
