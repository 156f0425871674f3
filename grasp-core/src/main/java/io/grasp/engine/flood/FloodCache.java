package io.grasp.engine.flood;

import io.grasp.engine.node.CacheObserver;
import io.grasp.engine.node.LocatorOrder;
import io.grasp.engine.node.Nanos;
import io.grasp.engine.registry.RegisteredAsa;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.TaggedObjective;
import io.grasp.substrate.Link;
import io.grasp.substrate.Loop;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Flooded objectives by name and tag: an objective with the same name and tag replaces the old one, one with another
 * tag is added (RFC 8990 section 2.8.11). A link-local tag is different on each link. The cache is bounded; the least
 * recently renewed entry is removed first.
 */
public final class FloodCache {
    private final Loop loop;
    private final int capacity;
    private final Predicate<InetAddress> isOurs;
    private final CacheObserver observer;
    /** In the order of their last renewal. */
    private final Map<Key, Entry> entries = new LinkedHashMap<>();

    private final Map<String, Map<Key, Entry>> byName = new LinkedHashMap<>();

    /** @param isOurs whether an address currently belongs to this node */
    public FloodCache(Loop loop, int capacity, Predicate<InetAddress> isOurs, CacheObserver observer) {
        this.loop = loop;
        this.capacity = capacity;
        this.isOurs = isOurs;
        this.observer = observer;
    }

    /**
     * Adds or renews a flooded objective.
     *
     * @param link the link on which it came, or the link of its tag; {@code null} if an ASA of this node flooded it
     *     with a tag that is valid everywhere
     * @param ttlMillis 0 for an indefinite lifetime
     * @param by the ASA of this node that flooded it, {@code null} if another node did
     */
    public FloodedObjective put(
            TaggedObjective flooded,
            InetAddress initiator,
            @Nullable Link link,
            long ttlMillis,
            @Nullable RegisteredAsa by) {
        Key key = Key.of(flooded, link == null ? 0 : link.index());
        long now = loop.nanoTime();
        long expires = ttlMillis == 0 ? Entry.NEVER : now + Nanos.of(Duration.ofMillis(ttlMillis));
        boolean isRenewal = entries.remove(key) != null;
        if (!isRenewal && entries.size() >= capacity) {
            Iterator<Key> oldest = entries.keySet().iterator();
            remove(oldest.next());
        }
        Locator tag = flooded.locator();
        // A link-local tag goes with its link.
        InetAddress place = tag == null || tag.isLinkLocal() ? null : tag.address();
        InetAddress here = place != null && isOurs.test(place) ? place : null;
        String name = link == null ? "" : link.name();
        int index = link == null ? 0 : link.index();
        Entry entry = new Entry(flooded, initiator, name, index, expires, ttlMillis == 0, here, by);
        entries.put(key, entry);
        Map<Key, Entry> copies = byName.computeIfAbsent(key.name(), absent -> new LinkedHashMap<>(2));
        copies.remove(key); // a renewed entry moves to the end
        copies.put(key, entry);
        observer.size(entries.size());
        return entry.at(now);
    }

    /** {@return the valid copies of an objective, in the order of their last renewal} */
    public List<FloodedObjective> get(String name) {
        long now = loop.nanoTime();
        List<FloodedObjective> valid = new ArrayList<>();
        for (Entry entry : byName.getOrDefault(name, Map.of()).values()) {
            if (isValid(entry, now)) {
                valid.add(entry.at(now));
            }
        }
        observer.read(!valid.isEmpty());
        return valid;
    }

    /** Removes a copy; {@return whether there was a valid copy} */
    public boolean expire(TaggedObjective tagged, int linkIndex) {
        return expire(List.of(Key.of(tagged, linkIndex)));
    }

    /**
     * Removes the copy with a tag, or the copies with that link-local tag on each link; {@return whether any was valid}
     */
    public boolean expire(TaggedObjective tagged) {
        return expire(byName.getOrDefault(tagged.objective().name(), Map.of()).keySet().stream()
                .filter(key -> Objects.equals(key.tag(), tagged.locator()))
                .toList());
    }

    private boolean expire(List<Key> keys) {
        boolean anyValid = false;
        for (Key key : keys) {
            Entry entry = remove(key);
            anyValid |= entry != null && isValid(entry, loop.nanoTime());
        }
        observer.size(entries.size());
        return anyValid;
    }

    /** An entry whose tag is an address of this node is valid only as long as the node has the address. */
    private boolean isValid(Entry entry, long now) {
        return !entry.isExpired(now) && (entry.here == null || isOurs.test(entry.here));
    }

    /** Removes entries tagged with a link-local address on the link, which has gone. */
    public void linkDown(Link gone) {
        List<Key> lost = entries.keySet().stream()
                .filter(key -> key.linkIndex() == gone.index())
                .toList();
        lost.forEach(this::remove);
        observer.size(entries.size());
    }

    /** Removes the floods of an ASA of this node, of one objective or of all ({@code null}). */
    public void withdraw(RegisteredAsa by, @Nullable String name) {
        List<Key> withdrawn = entries.entrySet().stream()
                .filter(entry -> entry.getValue().by == by)
                .map(Map.Entry::getKey)
                .filter(key -> name == null || key.name().equals(name))
                .toList();
        withdrawn.forEach(this::remove);
        observer.size(entries.size());
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

    /** @param linkIndex 0 for a tag that is valid on every link */
    record Key(String name, @Nullable Locator tag, int linkIndex) implements Comparable<Key> {
        private static final Comparator<Key> ORDER = Comparator.comparing(Key::name)
                .thenComparing(Key::tag, Comparator.nullsFirst(LocatorOrder.INSTANCE))
                .thenComparingInt(Key::linkIndex);

        static Key of(TaggedObjective tagged, int linkIndex) {
            Locator tag = tagged.locator();
            return new Key(tagged.objective().name(), tag, tag != null && tag.isLinkLocal() ? linkIndex : 0);
        }

        @Override
        public int compareTo(Key other) {
            return ORDER.compare(this, other);
        }
    }

    /**
     * @param here the tag's address if it was this node's when it was flooded
     * @param by the ASA of this node that flooded it
     */
    private record Entry(
            TaggedObjective flooded,
            InetAddress initiator,
            String link,
            int linkIndex,
            long expires,
            boolean indefinite,
            @Nullable InetAddress here,
            @Nullable RegisteredAsa by) {
        static final long NEVER = 0;

        boolean isExpired(long now) {
            return !indefinite && expires - now <= 0;
        }

        FloodedObjective at(long now) {
            Objective objective = flooded.objective();
            Duration ttl = indefinite ? FloodedObjective.INDEFINITE : Duration.ofNanos(expires - now);
            long until = indefinite ? AsaLocator.INDEFINITE_NANOS : expires;
            return new FloodedObjective(objective, flooded.locator(), initiator, link, linkIndex, ttl, until);
        }
    }
}
