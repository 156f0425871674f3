package io.grasp.simulation;

import io.grasp.substrate.sim.SimNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Remembers the actions of a node for twice GRASP_DEF_TIMEOUT, by its own clock (RFC 8990 section 2.5.6.2). */
final class DuplicateDetector<K> {
    private static final Duration MEMORY = Duration.ofMinutes(2);

    private final SimNode node;
    private final Map<K, Long> done = new HashMap<>();

    DuplicateDetector(SimNode node) {
        this.node = node;
    }

    /** Records an action; {@return how long ago it was last done, {@code null} if not recently} */
    @Nullable
    Duration done(K what) {
        long now = node.loop().nanoTime();
        Long before = done.put(what, now);
        return before == null || now - before >= MEMORY.toNanos() ? null : Duration.ofNanos(now - before);
    }
}
