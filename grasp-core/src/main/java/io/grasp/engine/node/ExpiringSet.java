package io.grasp.engine.node;

import io.grasp.config.RelayRate;
import io.grasp.substrate.Loop;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** A bounded set whose members are forgotten after a while; when it is full, the oldest one is. */
public final class ExpiringSet<K> {
    private final Loop loop;
    private final long lifetimeNanos;
    private final int capacity;
    private final Map<K, Long> forgetAt = new LinkedHashMap<>();

    public ExpiringSet(Loop loop, Duration lifetime, int capacity) {
        this.loop = loop;
        this.lifetimeNanos = Nanos.of(lifetime);
        this.capacity = capacity;
    }

    /**
     * What must be remembered of relayed messages: so many that none is forgotten before its time at the relay rate.
     */
    public static <K> ExpiringSet<K> ofRelayed(EngineContext context, RelayRate rate) {
        Duration lifetime = context.timeouts.sessionMemory();
        long most = rate.burst() + Math.multiplyExact(rate.perSecond(), lifetime.toSeconds() + 1);
        return new ExpiringSet<>(context.loop, lifetime, Math.toIntExact(Math.min(most, Integer.MAX_VALUE)));
    }

    /** {@return whether it was not there yet} A member that is there already is not kept for longer. */
    public boolean add(K key) {
        long now = loop.nanoTime();
        // All members live equally long, so the first ones are the first to be forgotten.
        Iterator<Long> times = forgetAt.values().iterator();
        while (times.hasNext() && times.next() - now <= 0) {
            times.remove();
        }
        if (forgetAt.putIfAbsent(key, now + lifetimeNanos) != null) {
            return false;
        }
        if (forgetAt.size() > capacity) {
            Iterator<K> oldest = forgetAt.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        return true;
    }

    public boolean contains(K key) {
        Long time = forgetAt.get(key);
        return time != null && time - loop.nanoTime() > 0;
    }
}
