package io.grasp.simulation;

import io.grasp.model.MessageInfo;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.sim.SimNode;
import java.time.Duration;
import java.util.function.Consumer;

/** Floods that each life of a node has processed. */
record FloodsAreProcessedOnce() implements Invariant {
    @Override
    public String name() {
        return "floods are processed once";
    }

    @Override
    public Check begin(Simulation simulation, Consumer<String> violated) {
        return new Check() {
            @Override
            public GraspObserver started(SimNode node) {
                Recent<MulticastKey> processed = new Recent<>(node);
                return new GraspObserver() {
                    @Override
                    public void floodProcessed(MessageInfo flood, MessagePath path) {
                        MulticastKey key = MulticastKey.of(flood);
                        Duration since = key == null ? null : processed.done(key);
                        if (since != null) {
                            violated.accept(node.name() + " has processed " + key + " twice within "
                                    + Texts.seconds(since, 3) + " s");
                        }
                    }
                };
            }
        };
    }
}
