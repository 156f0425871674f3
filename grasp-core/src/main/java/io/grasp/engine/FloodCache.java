package io.grasp.engine;

import io.grasp.model.FloodedObjective;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.TaggedObjective;
import io.grasp.substrate.Loop;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Flooded objectives by name and tag: the same name and tag overwrites, another tag adds (RFC 8990 section 2.8.11).
 * Bounded; the one renewed least lately goes first.
 */
final class FloodCache {
    private final Loop loop;
    private final int capacity;
    private final CacheTold told;
    /** In the order of their last renewal. */
    private final Map<Key, Entry> entries = new LinkedHashMap<>();

    private final Map<String, Map<Key, Entry>> byName = new LinkedHashMap<>();

    FloodCache(Loop loop, int capacity, CacheTold told) {
        this.loop = loop;
        this.capacity = capacity;
        this.told = told;
    }

    /** @param ttlMillis 0 for an indefinite lifetime */
    FloodedObjective put(TaggedObjective flooded, InetAddress initiator, String link, long ttlMillis) {
        Key key = Key.of(flooded);
        long expires = ttlMillis == 0 ? Entry.NEVER : loop.nanoTime() + Nanos.of(Duration.ofMillis(ttlMillis));
        remove(key);
        if (entries.size() >= capacity) {
            Iterator<Key> oldest = entries.keySet().iterator();
            remove(oldest.next());
        }
        Entry entry = new Entry(flooded, initiator, link, expires, ttlMillis == 0);
        entries.put(key, entry);
        byName.computeIfAbsent(key.name(), name -> new LinkedHashMap<>()).put(key, entry);
        told.size(entries.size());
        return entry.at(loop.nanoTime());
    }

    /** {@return the valid copies of an objective, in the order of their last renewal} */
    List<FloodedObjective> get(String name) {
        long now = loop.nanoTime();
        List<FloodedObjective> valid = new ArrayList<>();
        for (Entry entry : byName.getOrDefault(name, Map.of()).values()) {
            if (!entry.isExpired(now)) {
                valid.add(entry.at(now));
            }
        }
        told.read(!valid.isEmpty());
        return valid;
    }

    /** {@return whether there was a valid copy} */
    boolean expire(TaggedObjective tagged) {
        Entry entry = remove(Key.of(tagged));
        told.size(entries.size());
        return entry != null && !entry.isExpired(loop.nanoTime());
    }

    private @Nullable Entry remove(Key key) {
        Entry entry = entries.remove(key);
        if (entry != null) {
            byName.computeIfPresent(key.name(), (name, copies) -> {
                copies.remove(key);
                return copies.isEmpty() ? null : copies;
            });
        }
        return entry;
    }

    private record Key(String name, @Nullable Locator tag) {
        static Key of(TaggedObjective tagged) {
            return new Key(tagged.objective().name(), tagged.locator());
        }
    }

    private record Entry(
            TaggedObjective flooded, InetAddress initiator, String link, long expires, boolean indefinite) {
        static final long NEVER = 0;

        boolean isExpired(long now) {
            return !indefinite && expires - now <= 0;
        }

        FloodedObjective at(long now) {
            Objective objective = flooded.objective();
            Duration ttl = indefinite ? FloodedObjective.INDEFINITE : Duration.ofNanos(expires - now);
            return new FloodedObjective(objective, flooded.locator(), initiator, link, ttl);
        }
    }
}
