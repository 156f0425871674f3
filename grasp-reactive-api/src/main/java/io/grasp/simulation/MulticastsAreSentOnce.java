package io.grasp.simulation;

import io.grasp.model.MessageInfo;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.sim.SimNode;
import java.time.Duration;
import java.util.function.Consumer;

/** The multicasts that each life of a node has sent on each link. */
record MulticastsAreSentOnce() implements Invariant {
    @Override
    public String name() {
        return "multicasts are sent once";
    }

    @Override
    public Check begin(Simulation simulation, Consumer<String> violated) {
        return new Check() {
            @Override
            public GraspObserver started(SimNode node) {
                Recent<Sent> recent = new Recent<>(node);
                return new GraspObserver() {
                    @Override
                    public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
                        MulticastKey key = MulticastKey.of(message);
                        Duration since = key == null ? null : recent.done(new Sent(key, path.link()));
                        if (since != null) {
                            violated.accept(node.name() + " sends " + key + " on link " + path.link() + " again after "
                                    + Texts.seconds(since, 3) + " s");
                        }
                    }
                };
            }
        };
    }

    private record Sent(MulticastKey key, String link) {}
}
