package io.grasp.simulation;

import io.grasp.model.MessageInfo;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Compares the loop count of each offer that a node sends with that of the offer that it answers. */
record NegotiationLoopCountInvariant(Set<String> raising) implements Invariant {
    private static final String REQUEST = "M_REQ_NEG";
    private static final String OFFER = "M_NEGOTIATE";

    @Override
    public String name() {
        return "loop counts decrease in negotiations";
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

    private final class Comparing implements GraspObserver {
        private final SimNode node;
        private final Consumer<String> violated;
        private final Map<Session, Integer> received = new HashMap<>();

        Comparing(SimNode node, Consumer<String> violated) {
            this.node = node;
            this.violated = violated;
        }

        @Override
        public void messageReceived(MessageInfo message, byte[] encoded, MessagePath path) {
            Objective offer = offer(message);
            SessionId id = message.session();
            if (offer != null && id != null) {
                received.put(new Session(id, path.peer()), offer.loopCount());
            }
        }

        @Override
        public void messageSent(MessageInfo message, byte[] encoded, MessagePath path) {
            Objective offer = offer(message);
            SessionId id = message.session();
            @Nullable
            Integer answered = id == null || message.typeName().equals(REQUEST)
                    ? null
                    : received.get(new Session(id, path.peer()));
            if (offer != null && answered != null && offer.loopCount() >= answered) {
                violated.accept(node + " sends an offer of " + offer.name() + " in session " + id + " with loop count "
                        + offer.loopCount() + " in answer to one with " + answered);
            }
        }

        private @Nullable Objective offer(MessageInfo message) {
            boolean isOffer =
                    message.typeName().equals(REQUEST) || message.typeName().equals(OFFER);
            Objective objective = message.objective();
            return isOffer && objective != null && !raising.contains(objective.name()) ? objective : null;
        }
    }

    private record Session(SessionId id, @Nullable InetSocketAddress peer) {}
}
