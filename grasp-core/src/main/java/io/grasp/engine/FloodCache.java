package io.grasp.engine;

import io.grasp.model.FloodedObjective;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.TaggedObjective;
import io.grasp.substrate.Link;
import io.grasp.substrate.Loop;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Flooded objectives by name and tag: the same name and tag overwrites, another tag adds (RFC 8990 section 2.8.11).
 * Bounded; the one renewed least lately goes first.
 */
final class FloodCache {
    private final Loop loop;
    private final int capacity;
    private final Predicate<InetAddress> isOurs;
    private final CacheTold told;
    /** In the order of their last renewal. */
    private final Map<Key, Entry> entries = new LinkedHashMap<>();

    private final Map<String, Map<Key, Entry>> byName = new LinkedHashMap<>();

    /** @param isOurs whether this node has an address now */
    FloodCache(Loop loop, int capacity, Predicate<InetAddress> isOurs, CacheTold told) {
        this.loop = loop;
        this.capacity = capacity;
        this.isOurs = isOurs;
        this.told = told;
    }

    /**
     * Adds what another node has flooded, or renews it.
     *
     * @param ttlMillis 0 for an indefinite lifetime
     */
    FloodedObjective put(TaggedObjective flooded, InetAddress initiator, String link, long ttlMillis) {
        return put(flooded, initiator, link, ttlMillis, null);
    }

    /**
     * Adds what has been flooded, or renews it.
     *
     * @param ttlMillis 0 for an indefinite lifetime
     * @param by the ASA of this node that has flooded it, {@code null} if another node has
     */
    FloodedObjective put(
            TaggedObjective flooded, InetAddress initiator, String link, long ttlMillis, @Nullable EngineAsa by) {
        Key key = Key.of(flooded);
        long expires = ttlMillis == 0 ? Entry.NEVER : loop.nanoTime() + Nanos.of(Duration.ofMillis(ttlMillis));
        boolean isRenewal = entries.remove(key) != null;
        if (!isRenewal && entries.size() >= capacity) {
            Iterator<Key> oldest = entries.keySet().iterator();
            remove(oldest.next());
        }
        InetAddress place = flooded.locator() == null ? null : NodeAddresses.address(flooded.locator());
        InetAddress here = place != null && isOurs.test(place) ? place : null;
        Entry entry = new Entry(flooded, initiator, link, expires, ttlMillis == 0, here, by);
        entries.put(key, entry);
        Map<Key, Entry> copies = byName.computeIfAbsent(key.name(), name -> new LinkedHashMap<>(2));
        copies.remove(key); // what is renewed comes last
        copies.put(key, entry);
        told.size(entries.size());
        return entry.at(loop.nanoTime());
    }

    /** {@return the valid copies of an objective, in the order of their last renewal} */
    List<FloodedObjective> get(String name) {
        long now = loop.nanoTime();
        List<FloodedObjective> valid = new ArrayList<>();
        for (Entry entry : byName.getOrDefault(name, Map.of()).values()) {
            if (isValid(entry, now)) {
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
        return entry != null && isValid(entry, loop.nanoTime());
    }

    /** What is tagged with an address of this node stands no longer than the address. */
    private boolean isValid(Entry entry, long now) {
        return !entry.isExpired(now) && (entry.here == null || isOurs.test(entry.here));
    }

    /** Forgets what a neighbor's link-local address is the tag of, now that it leads nowhere. */
    void linkDown(Link gone) {
        List<Key> lost = entries.entrySet().stream()
                .filter(entry -> entry.getValue().link.equals(gone.name()))
                .map(Map.Entry::getKey)
                .filter(key -> key.tag() != null && NodeAddresses.isLinkLocal(key.tag()))
                .toList();
        lost.forEach(this::remove);
        told.size(entries.size());
    }

    /** Forgets what an ASA of this node has flooded, of one objective or of all ({@code null}). */
    void withdraw(EngineAsa by, @Nullable String name) {
        List<Key> withdrawn = entries.entrySet().stream()
                .filter(entry -> entry.getValue().by == by)
                .map(Map.Entry::getKey)
                .filter(key -> name == null || key.name().equals(name))
                .toList();
        withdrawn.forEach(this::remove);
        told.size(entries.size());
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

    /**
     * @param here the tag's address if it was this node's when it was flooded
     * @param by the ASA of this node that has flooded it
     */
    private record Entry(
            TaggedObjective flooded,
            InetAddress initiator,
            String link,
            long expires,
            boolean indefinite,
            @Nullable InetAddress here,
            @Nullable EngineAsa by) {
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
