package io.grasp.simulation;

import io.grasp.model.NegotiationOutcome;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.SessionInfo;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Compares the values that the two sides of each negotiation report as accepted. */
record AgreementInvariant() implements Invariant {
    @Override
    public String name() {
        return "equal agreements";
    }

    @Override
    public Check begin(SimNetwork network, Consumer<String> violated) {
        Map<Session, Side> first = new HashMap<>();
        return new Check() {
            @Override
            public GraspObserver started(SimNode node) {
                return new GraspObserver() {
                    @Override
                    public void negotiated(SessionInfo session, NegotiationOutcome outcome) {
                        if (outcome instanceof NegotiationOutcome.Accepted accepted) {
                            Side side = new Side(node.name(), session.role(), accepted.objective());
                            Side other = first.remove(new Session(session.id(), session.objective()));
                            if (other == null || other.role() == side.role()) {
                                first.put(new Session(session.id(), session.objective()), side);
                            } else if (!other.agreesWith(side)) {
                                violated.accept("session " + session.id() + ": " + side + ", but " + other);
                            }
                        }
                    }
                };
            }
        };
    }

    private record Session(SessionId id, String objective) {}

    private record Side(String node, SessionInfo.Role role, Objective agreed) {
        boolean agreesWith(Side other) {
            return agreed.value().equals(other.agreed.value());
        }

        @Override
        public String toString() {
            return node + " has agreed on " + agreed.value();
        }
    }
}
