package io.grasp.simulation;

import io.grasp.observe.GraspObserver;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.substrate.sim.SimEvent;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Compares the sessions that began with those that ended, for each node. A crash removes a node's sessions. */
record SessionEndInvariant() implements Invariant {
    @Override
    public String name() {
        return "every session ends";
    }

    @Override
    public Check begin(SimNetwork network, Consumer<String> violated) {
        return new Counting(violated);
    }

    private static final class Counting implements Check {
        private final Consumer<String> violated;
        private final Map<String, Map<SessionInfo, Integer>> open = new LinkedHashMap<>();

        Counting(Consumer<String> violated) {
            this.violated = violated;
        }

        @Override
        public GraspObserver started(SimNode node) {
            Map<SessionInfo, Integer> ofNode = new LinkedHashMap<>();
            open.put(node.name(), ofNode);
            return new GraspObserver() {
                @Override
                public void sessionStarted(SessionInfo session) {
                    ofNode.merge(session, 1, Integer::sum);
                }

                @Override
                public void sessionEnded(SessionInfo session, SessionOutcome how, @Nullable Throwable failure) {
                    Integer count = ofNode.remove(session);
                    if (count == null) {
                        violated.accept(node.name() + " ended a session that had not begun: " + session);
                    } else if (count > 1) {
                        ofNode.put(session, count - 1);
                    }
                }
            };
        }

        @Override
        public void happened(SimEvent event) {
            if (event.kind() == SimEvent.Kind.CRASHED) {
                open.remove(event.from());
            }
        }

        @Override
        public void ended() {
            open.forEach((node, sessions) ->
                    sessions.forEach((session, count) -> violated.accept(node + " did not end a session: " + session)));
        }
    }
}
