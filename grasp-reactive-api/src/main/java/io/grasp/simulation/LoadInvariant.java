package io.grasp.simulation;

import io.grasp.config.Limits;
import io.grasp.config.RelayLimits;
import io.grasp.observe.CacheKind;
import io.grasp.observe.EngineLoad;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.SessionInfo;
import io.grasp.observe.SessionOutcome;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Compares what a node reports of its use with its limits. */
record LoadInvariant(Limits limits, RelayLimits relay) implements Invariant {
    /** No cache can hold an entry in less memory. */
    private static final int LEAST_ENTRY_BYTES = 512;

    @Override
    public String name() {
        return "sessions, silent connections and the bytes that caches account for keep to their limits";
    }

    @Override
    public Check begin(SimNetwork network, Consumer<String> violated) {
        return new Check() {
            @Override
            public GraspObserver started(SimNode node) {
                return new Watching(node, violated);
            }

            @Override
            public void closing(SimNode node, EngineLoad load) {
                int sessions = limits.sessions() + relay.sessions();
                if (load.sessions() > sessions) {
                    violated.accept(node + " has " + load.sessions()
                            + " sessions and relayed discoveries, and may have " + sessions);
                }
                if (load.waitingConnections() > limits.connections()) {
                    violated.accept(node + " has " + load.waitingConnections()
                            + " connections without a session, and may have " + limits.connections());
                }
            }
        };
    }

    private long most(CacheKind cache) {
        return switch (cache) {
            case DISCOVERY -> (long) limits.discoveryBytes() + limits.relayedLocatorBytes();
            case FLOOD -> (long) limits.floodBytes() + limits.ownFloodBytes();
        };
    }

    private final class Watching implements GraspObserver {
        private final SimNode node;
        private final Consumer<String> violated;
        private final Map<CacheKind, Integer> entries = new EnumMap<>(CacheKind.class);
        private int sessions;

        Watching(SimNode node, Consumer<String> violated) {
            this.node = node;
            this.violated = violated;
        }

        @Override
        public void sessionStarted(SessionInfo session) {
            sessions += takesPlace(session) ? 1 : 0;
            if (sessions > limits.sessions()) {
                violated.accept(node + " has " + sessions + " sessions, and may have " + limits.sessions());
            }
        }

        @Override
        public void sessionEnded(SessionInfo session, SessionOutcome outcome, @Nullable Throwable failure) {
            sessions -= takesPlace(session) ? 1 : 0;
        }

        /** A request for synchronization is answered at once. */
        private static boolean takesPlace(SessionInfo session) {
            return session.kind() != SessionInfo.Kind.SYNCHRONIZATION || session.role() == SessionInfo.Role.INITIATOR;
        }

        @Override
        public void cacheSize(CacheKind cache, int number) {
            entries.put(cache, number);
        }

        @Override
        public void cacheBytes(CacheKind cache, long bytes) {
            long most = most(cache);
            if (bytes > most) {
                violated.accept(node + " keeps " + bytes + " bytes in its cache " + cache + ", which may have " + most);
            }
            int number = entries.getOrDefault(cache, 0);
            if (bytes < (long) LEAST_ENTRY_BYTES * number) {
                violated.accept(node + " accounts for " + bytes + " bytes of " + number + " entries in its cache "
                        + cache + ", which take more");
            }
        }
    }
}
