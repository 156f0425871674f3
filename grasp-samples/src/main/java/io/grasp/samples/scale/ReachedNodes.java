package io.grasp.samples.scale;

import io.grasp.substrate.sim.VirtualLoop;
import java.time.Duration;
import java.util.BitSet;

/** Records which nodes have received a flood, and when the last one did. */
final class ReachedNodes {
    private final VirtualLoop loop;
    private final BitSet where = new BitSet();
    private Duration last = Duration.ZERO;

    ReachedNodes(VirtualLoop loop) {
        this.loop = loop;
    }

    void at(int place) {
        where.set(place);
        last = loop.now();
    }

    boolean has(int place) {
        return where.get(place);
    }

    int count() {
        return where.cardinality();
    }

    Duration last() {
        return last;
    }
}
