package io.grasp.simulation;

import io.grasp.engine.GraspObserver;
import io.grasp.engine.MessagePath;
import io.grasp.substrate.sim.SimNode;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/** The loop counts with which each life of a node has received, and then sends, the same multicast. */
record LoopCountsFall() implements Invariant {
    @Override
    public String name() {
        return "loop counts fall";
    }

    @Override
    public Check begin(Simulation simulation, Consumer<String> violated) {
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
        private final Map<MulticastKey, Integer> own = new HashMap<>();

        Comparing(SimNode node, Consumer<String> violated) {
            this.node = node;
            this.violated = violated;
        }

        @Override
        public void messageReceived(GraspMessage message, byte[] encoded, MessagePath path) {
            MulticastKey key = MulticastKey.of(message);
            if (key != null) {
                highestReceived.merge(key, loopCount(message), Math::max);
            }
        }

        @Override
        public void messageSent(GraspMessage message, byte[] encoded, MessagePath path) {
            MulticastKey key = MulticastKey.of(message);
            if (key == null) {
                return;
            }
            int count = loopCount(message);
            Integer received = highestReceived.get(key);
            if (received == null) {
                own.put(key, count); // who began it has not received it before
            } else if (count >= received
                    && !Objects.equals(own.get(key), count)) { // a link that comes up gets it as it was
                violated.accept(node.name() + " sends " + key + " with loop count " + count
                        + ", but has received it with " + received);
            }
        }

        private static int loopCount(GraspMessage message) {
            return message instanceof Flood flood
                    ? flood.objectives().get(0).objective().loopCount()
                    : ((Discovery) message).objective().loopCount();
        }
    }
}
