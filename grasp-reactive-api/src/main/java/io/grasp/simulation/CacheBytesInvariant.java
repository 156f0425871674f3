package io.grasp.simulation;

import io.grasp.config.Limits;
import io.grasp.observe.CacheKind;
import io.grasp.observe.GraspObserver;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import java.util.function.Consumer;

/** Compares the memory that each cache accounts for with its limits. */
record CacheBytesInvariant(Limits limits) implements Invariant {
    @Override
    public String name() {
        return "caches keep to their memory";
    }

    @Override
    public Check begin(SimNetwork network, Consumer<String> violated) {
        return new Check() {
            @Override
            public GraspObserver started(SimNode node) {
                return new GraspObserver() {
                    @Override
                    public void cacheBytes(CacheKind cache, long bytes) {
                        long most = most(cache);
                        if (bytes > most) {
                            violated.accept(node + " keeps " + bytes + " bytes in its cache " + cache
                                    + ", which may have " + most);
                        }
                    }
                };
            }
        };
    }

    private long most(CacheKind cache) {
        return switch (cache) {
            case DISCOVERY -> (long) limits.discoveryBytes() + limits.relayedLocatorBytes();
            case FLOOD -> (long) limits.floodBytes() + limits.ownFloodBytes();
        };
    }
}
