package io.grasp.engine.node;

import io.grasp.config.RelayRate;
import io.grasp.substrate.Loop;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** A bounded set whose members expire after a fixed time; when it is full, the oldest is removed. */
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

    /** A set for relayed messages, large enough that none is removed before its time at the relay rate. */
    public static <K> ExpiringSet<K> ofRelayed(Loop loop, Duration lifetime, RelayRate rate) {
        long most = rate.burst() + Math.multiplyExact(rate.perSecond(), lifetime.toSeconds() + 1);
        return new ExpiringSet<>(loop, lifetime, Math.toIntExact(Math.min(most, Integer.MAX_VALUE)));
    }

    /** {@return whether the member was added} Adding an existing member does not extend its time. */
    public boolean add(K key) {
        long now = loop.nanoTime();
        // All members have the same lifetime, so the first ones expire first.
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
