package io.grasp.engine.flood;

import io.grasp.engine.fairness.FairPlaces;
import io.grasp.engine.fairness.FairPlaces.WhenOwnShareIsUsed;
import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.node.CacheObserver;
import io.grasp.engine.node.LocatorOrder;
import io.grasp.engine.node.Nanos;
import io.grasp.engine.node.TextBytes;
import io.grasp.engine.registry.RegisteredAsa;
import io.grasp.model.AsaLocator;
import io.grasp.model.FloodedObjective;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.PeerIdentity;
import io.grasp.model.TaggedObjective;
import io.grasp.substrate.Link;
import io.grasp.substrate.Loop;
import io.grasp.util.IntrusiveList;
import io.grasp.util.LazyMap;
import io.grasp.util.PeerAddresses;
import io.grasp.util.TimerHeap;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Flooded objectives by name and tag: the newest copy with the same name and tag is valid, one with another tag is
 * added (RFC 8990 section 2.8.11). A link-local tag is different on each link.
 *
 * <p>A copy replaces the older one of the same origin for good: the same initiator, by the same neighbor. It only
 * covers those of other origins: if it expires before them, the newest of them is valid again. So a flood with a forged
 * initiator or a short ttl deletes nothing. The price: a node whose floods first come by one neighbor and then, with a
 * shorter ttl, by another one finds its older value valid again until the ttl of that one ends.
 *
 * <p>The cache has a budget in bytes for the floods of peers, which their links and sources share, and one for the
 * floods of this node's own ASAs, which peers cannot use. Expired copies are removed first, before each access.
 */
public final class FloodCache {
    /**
     * The memory of a copy without its text and value, in bytes, when each copy has a source, a name and a tag of its
     * own: {@code CacheMemoryTest} measures it.
     */
    private static final int COPY_BYTES = 1536;

    /** The memory of an identity without the texts of its name, in bytes. */
    private static final int IDENTITY_BYTES = 512;

    private final Loop loop;
    private final Predicate<InetAddress> isOurs;
    private final CacheObserver observer;
    private final FairPlaces<Copy> places;
    private final FairPlaces<Copy> ownPlaces;
    /** For each tag its copies, the newest one last; the tags in the order in which their newest copies came. */
    private final Map<String, Map<Key, IntrusiveList<Copy>>> byName = new LazyMap<>();

    private final Map<Origin, Copy> copies = new LazyMap<>();
    private final TimerHeap<Copy> expiring = new TimerHeap<>();

    /**
     * Makes an empty cache.
     *
     * @param bytes the budget for floods of peers
     * @param ownBytes the budget for floods of this node's ASAs
     * @param isOurs whether an address currently belongs to this node
     */
    public FloodCache(Loop loop, long bytes, long ownBytes, Predicate<InetAddress> isOurs, CacheObserver observer) {
        this.loop = loop;
        this.isOurs = isOurs;
        this.observer = observer;
        this.places = new FairPlaces<>(bytes, WhenOwnShareIsUsed.REPLACE_OLDEST, this::remove);
        this.ownPlaces = new FairPlaces<>(ownBytes, WhenOwnShareIsUsed.REPLACE_OLDEST, this::remove);
    }

    /** {@return the memory in bytes that is charged for a flooded objective} */
    public static int bytes(TaggedObjective flooded) {
        return bytes(flooded, null);
    }

    /** {@return the memory in bytes that is charged for a flooded objective and the identity of its neighbor} */
    private static int bytes(TaggedObjective flooded, @Nullable PeerIdentity neighbor) {
        Objective objective = flooded.objective();
        int value = objective.value().isPresent() ? objective.value().item().length() : 0;
        int identity =
                neighbor == null ? 0 : IDENTITY_BYTES + 4 * neighbor.toString().length();
        return COPY_BYTES + identity + value + TextBytes.of(objective.name(), flooded.locator());
    }

    /**
     * A copy that was added.
     *
     * @param flooded the objective, as the cache holds it
     * @param contested the valid copy of another origin that it covers, if the other one has another initiator or
     *     would be valid for longer, or if one of both is this node's; otherwise, and if this copy is only renewed,
     *     {@code null}
     */
    public record Added(FloodedObjective flooded, @Nullable FloodedObjective contested) {}

    /**
     * Adds or renews a flooded objective of another node.
     *
     * @param link the link on which it came
     * @param ttlMillis 0 for an indefinite lifetime
     * @param source the neighbor that it came from
     * @param neighbor what the neighbor's certificate says, or {@code null}
     */
    public Added put(
            TaggedObjective flooded,
            InetAddress initiator,
            Link link,
            long ttlMillis,
            TrafficSource source,
            @Nullable PeerIdentity neighbor) {
        Origin origin = new Origin(Key.of(flooded, link.index()), initiator, source, "");
        return add(new Copy(flooded, initiator, link, expires(ttlMillis), here(flooded), origin, null, neighbor));
    }

    /**
     * Adds or renews a flooded objective of an ASA of this node.
     *
     * @param link the link of its tag; {@code null} if the tag is valid everywhere
     * @param ttlMillis 0 for an indefinite lifetime
     */
    public Added putOwn(
            TaggedObjective flooded, InetAddress initiator, @Nullable Link link, long ttlMillis, RegisteredAsa by) {
        // The node's address may change between two floods of an ASA.
        Origin origin = new Origin(
                Key.of(flooded, link == null ? 0 : link.index()), null, TrafficSource.ofThisNode(), by.name());
        return add(new Copy(flooded, initiator, link, expires(ttlMillis), here(flooded), origin, by, null));
    }

    private long expires(long ttlMillis) {
        return ttlMillis == 0 ? AsaLocator.INDEFINITE_NANOS : loop.nanoTime() + Nanos.of(Duration.ofMillis(ttlMillis));
    }

    /** {@return the tag's address if it is this node's; a link-local one goes with its link} */
    private @Nullable InetAddress here(TaggedObjective flooded) {
        Locator tag = flooded.locator();
        InetAddress address = tag == null || tag.isLinkLocal() ? null : tag.address();
        return address != null && isOurs.test(address) ? address : null;
    }

    private Added add(Copy copy) {
        removeExpired();
        Copy known = copies.get(copy.origin);
        Copy covered = current(ofTag(copy.origin.key()));
        Copy contested = known == null && covered != null && copy.contests(covered) ? covered : null;
        if (known != null) {
            remove(known);
        }
        TrafficSource source = copy.origin.source();
        copy.place = (copy.by == null ? places : ownPlaces).take(source, copy, bytes(copy.flooded, copy.neighbor));
        if (copy.place != null) { // all budgets have room for a message
            insert(copy);
        }
        report();
        return new Added(copy.at(loop.nanoTime()), contested == null ? null : contested.at(loop.nanoTime()));
    }

    private void insert(Copy copy) {
        Key key = copy.origin.key();
        Map<Key, IntrusiveList<Copy>> tags = byName.computeIfAbsent(key.name(), name -> new LazyMap<>());
        IntrusiveList<Copy> ofTag = tags.remove(key); // it moves to the end
        if (ofTag == null) {
            ofTag = new IntrusiveList<>();
        }
        tags.put(key, ofTag);
        copy.position = ofTag.add(copy);
        copies.put(copy.origin, copy);
        if (copy.expires != AsaLocator.INDEFINITE_NANOS) {
            expiring.arm(copy, copy.expires);
        }
    }

    /** {@return the valid copies of an objective, in the order in which the newest ones with their tags came} */
    public List<FloodedObjective> get(String name) {
        long now = loop.nanoTime();
        return valid(name).stream().map(copy -> copy.at(now)).toList();
    }

    /** Calls an action with what {@link #get} returns, and with the neighbors that the copies came from. */
    void forEach(String name, BiConsumer<FloodedObjective, TrafficSource> action) {
        long now = loop.nanoTime();
        valid(name).forEach(copy -> action.accept(copy.at(now), copy.origin.source()));
    }

    private List<Copy> valid(String name) {
        removeExpired();
        List<Copy> valid = new ArrayList<>();
        for (IntrusiveList<Copy> ofTag : byName.getOrDefault(name, Map.of()).values()) {
            Copy current = current(ofTag);
            if (current != null) {
                valid.add(current);
            }
        }
        observer.read(!valid.isEmpty());
        return valid;
    }

    private @Nullable IntrusiveList<Copy> ofTag(Key key) {
        return byName.getOrDefault(key.name(), Map.of()).get(key);
    }

    /**
     * {@return the newest valid copy} A copy whose tag is an address of this node is valid only as long as the node has
     * the address.
     */
    private @Nullable Copy current(@Nullable IntrusiveList<Copy> ofTag) {
        IntrusiveList.Node<Copy> newest = ofTag == null ? null : ofTag.last();
        while (newest != null) {
            Copy copy = newest.value();
            if (copy.here == null || isOurs.test(copy.here)) {
                return copy;
            }
            newest = newest.before();
        }
        return null;
    }

    private void removeExpired() {
        long now = loop.nanoTime();
        Copy expired = expiring.pollDue(now);
        while (expired != null) {
            remove(expired);
            expired = expiring.pollDue(now);
        }
    }

    /** Removes the copies with a tag; {@return whether one was valid} */
    public boolean expire(TaggedObjective tagged, int linkIndex) {
        return expire(List.of(Key.of(tagged, linkIndex)));
    }

    /**
     * Removes the copies with a tag, or those with that link-local tag on each link; {@return whether any was valid}
     */
    public boolean expire(TaggedObjective tagged) {
        return expire(byName.getOrDefault(tagged.objective().name(), Map.of()).keySet().stream()
                .filter(key -> Objects.equals(key.tag(), tagged.locator()))
                .toList());
    }

    private boolean expire(List<Key> keys) {
        removeExpired();
        boolean anyValid = false;
        for (Key key : keys) {
            IntrusiveList<Copy> ofTag = ofTag(key);
            if (ofTag != null) {
                anyValid |= current(ofTag) != null;
                ofTag.all().forEach(this::remove);
            }
        }
        report();
        return anyValid;
    }

    /** Removes copies tagged with a link-local address on the link, which has gone. */
    public void linkDown(Link gone) {
        removeIf(copy -> copy.origin.key().linkIndex() == gone.index());
    }

    /** Removes the floods of an ASA of this node, of one objective or of all ({@code null}). */
    public void withdraw(RegisteredAsa by, @Nullable String name) {
        removeIf(copy ->
                copy.by == by && (name == null || copy.origin.key().name().equals(name)));
    }

    private void removeIf(Predicate<Copy> which) {
        copies.values().stream().filter(which).toList().forEach(this::remove);
        report();
    }

    private void remove(Copy copy) {
        Key key = copy.origin.key();
        copies.remove(copy.origin);
        expiring.cancel(copy);
        if (copy.place != null) {
            copy.place.leave();
        }
        if (copy.position != null) {
            copy.position.leave();
        }
        byName.computeIfPresent(key.name(), (name, tags) -> {
            tags.computeIfPresent(key, (tag, ofTag) -> ofTag.size() == 0 ? null : ofTag);
            return tags.isEmpty() ? null : tags;
        });
    }

    private void report() {
        observer.size(copies.size(), places.used() + ownPlaces.used());
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
     * The origin of a copy, which a newer copy of the same origin replaces.
     *
     * @param initiator the node that floods; {@code null} for this node
     * @param source the neighbor that the copy came from
     * @param asa the name of the ASA of this node, empty for other nodes
     */
    record Origin(Key key, @Nullable InetAddress initiator, TrafficSource source, String asa)
            implements Comparable<Origin> {
        private static final Comparator<Origin> ORDER = Comparator.comparing(Origin::key)
                .thenComparing(Origin::initiator, Comparator.nullsFirst(PeerAddresses::compare))
                .thenComparing(Origin::source)
                .thenComparing(Origin::asa);

        @Override
        public int compareTo(Origin other) {
            return ORDER.compare(this, other);
        }
    }

    /** A copy; as a timer, it is due when it expires. */
    private static final class Copy extends TimerHeap.Timer {
        private final TaggedObjective flooded;
        private final InetAddress initiator;
        private final String linkName;
        private final int linkIndex;
        private final long expires;
        /** The tag's address if it was this node's when it was flooded. */
        private final @Nullable InetAddress here;

        private final Origin origin;
        /** The ASA of this node that flooded it. */
        private final @Nullable RegisteredAsa by;

        private final @Nullable PeerIdentity neighbor;
        private FairPlaces.@Nullable Place<Copy> place;
        private IntrusiveList.@Nullable Node<Copy> position;

        Copy(
                TaggedObjective flooded,
                InetAddress initiator,
                @Nullable Link link,
                long expires,
                @Nullable InetAddress here,
                Origin origin,
                @Nullable RegisteredAsa by,
                @Nullable PeerIdentity neighbor) {
            this.flooded = withoutMessage(flooded);
            this.initiator = initiator;
            this.linkName = link == null ? "" : link.name();
            this.linkIndex = link == null ? 0 : link.index();
            this.expires = expires;
            this.here = here;
            this.origin = origin;
            this.by = by;
            this.neighbor = neighbor;
        }

        /** {@return the objective with a value that is no longer a part of its message, which would stay with it} */
        private static TaggedObjective withoutMessage(TaggedObjective flooded) {
            Objective objective = flooded.objective();
            if (!objective.value().isPresent()) {
                return flooded;
            }
            ObjectiveValue value =
                    ObjectiveValue.ofItem(objective.value().item().compact());
            return new TaggedObjective(objective.withValue(value), flooded.locator());
        }

        /**
         * {@return whether two nodes flood the same, or one that is not the initiator shortens its time} This node
         * knows its own floods: one that seems to come from it is another node's.
         */
        boolean contests(Copy valid) {
            if (by != null && valid.by != null) {
                return false;
            }
            boolean oneIsOwn = by != null || valid.by != null;
            boolean sooner = expires != AsaLocator.INDEFINITE_NANOS
                    && (valid.expires == AsaLocator.INDEFINITE_NANOS || expires - valid.expires < 0);
            return oneIsOwn || sooner || !PeerAddresses.plain(initiator).equals(PeerAddresses.plain(valid.initiator));
        }

        /** {@return the copy as of a time} It may have expired since it came. */
        FloodedObjective at(long now) {
            boolean indefinite = expires == AsaLocator.INDEFINITE_NANOS;
            return new FloodedObjective(
                    flooded.objective(),
                    flooded.locator(),
                    initiator,
                    linkName,
                    linkIndex,
                    indefinite ? FloodedObjective.INDEFINITE : Duration.ofNanos(Math.max(0, expires - now)),
                    expires,
                    Optional.ofNullable(neighbor));
        }
    }
}
