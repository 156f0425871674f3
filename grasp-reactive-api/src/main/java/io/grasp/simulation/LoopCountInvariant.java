package io.grasp.simulation;

import io.grasp.model.MessageInfo;
import io.grasp.model.Objective;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Compares the loop counts with which a node received and then sends the same multicast. */
record LoopCountInvariant() implements Invariant {
    @Override
    public String name() {
        return "loop counts decrease";
    }

    @Override
    public Check begin(SimNetwork network, Consumer<String> violated) {
        return new Check() {
            @Override
            public GraspObserver started(SimNode node) {
                return new Comparing(node, violated);
            }
        };
    }

    private static final class Comparing implements GraspObserver {
        private final SimNode node;
        private final Consumer<String> violated;
        private final Map<MulticastKey, Integer> highestReceived = new HashMap<>();

        Comparing(SimNode node, Consumer<String> violated) {
            this.node = node;
            this.violated = violated;
        }

        @Override
        public void messageReceived(MessageInfo message, byte[] encoded, MessagePath path) {
            MulticastKey key = MulticastKey.of(message);
            Objective objective = message.objective();
            if (key != null && objective != null) {
                highestReceived.merge(key, objective.loopCount(), Math::max);
            }
        }

        @Override
        public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
            MulticastKey key = MulticastKey.of(message);
            Objective objective = message.objective();
            Integer received = key == null ? null : highestReceived.get(key);
            // The initiator has not received it before.
            if (received != null && objective != null && objective.loopCount() >= received) {
                violated.accept(node.name() + " sends " + key + " with loop count " + objective.loopCount()
                        + ", but has received it with " + received);
            }
        }
    }
}
