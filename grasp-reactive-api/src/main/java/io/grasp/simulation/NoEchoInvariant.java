package io.grasp.simulation;

import io.grasp.model.MessageInfo;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A relay does not send a multicast on the link on which the copy came that it relays (RFC 8990 sections 2.5.4.4 and
 * 2.5.6.2). The copy received last counts, because a relay sends at once or not at all.
 */
record NoEchoInvariant() implements Invariant {
    @Override
    public String name() {
        return "no echo";
    }

    @Override
    public Check begin(SimNetwork network, Consumer<String> violated) {
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
        private final Map<MulticastKey, String> cameFrom = new HashMap<>();

        Remembering(SimNode node, Consumer<String> violated) {
            this.node = node;
            this.violated = violated;
        }

        /** Not when it is received: another copy may come on another link while the first one waits to be relayed. */
        @Override
        public void relayed(MessageInfo message, MessagePath path) {
            MulticastKey key = MulticastKey.of(message);
            if (key != null) {
                cameFrom.put(key, path.link());
            }
        }

        @Override
        public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
            MulticastKey key = MulticastKey.of(message);
            if (key != null && path.link().equals(cameFrom.get(key))) {
                violated.accept(
                        node + " sends " + key + " on link " + path.link() + ", which the relayed copy came from");
            }
        }
    }
}
