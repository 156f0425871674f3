package io.grasp.samples.prefix.pool;

import io.grasp.samples.prefix.AddressFamily;
import io.grasp.samples.prefix.Prefix;
import java.math.BigInteger;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a pool, with indexes, and the changes since the last {@link #keep}, which {@link #rollBack} takes
 * back.
 */
final class EntryTable {
    private static final Set<EntryState> OF_PEERS =
            Set.of(EntryState.OFFERED, EntryState.DELEGATED, EntryState.IN_DOUBT);

    private final NavigableMap<Long, PoolEntry> entries = new TreeMap<>();

    private final Map<EntryState, NavigableMap<Long, PoolEntry>> byState = new EnumMap<>(EntryState.class);

    /** {@link EntryState#isOwn}: they do not overlap. */
    private final NavigableMap<Prefix, PoolEntry> own = new TreeMap<>();

    /** The free ones, by length and then by address. */
    private final Map<AddressFamily, NavigableMap<Integer, NavigableMap<Prefix, PoolEntry>>> free =
            new EnumMap<>(AddressFamily.class);

    private final Map<AddressFamily, Map<EntryState, Space>> space = new EnumMap<>(AddressFamily.class);
    private final Map<String, PeerUse> peers = new HashMap<>();

    /** The entries that were changed, as they were; empty for new ones. */
    private final Map<Long, Optional<PoolEntry>> before = new LinkedHashMap<>();

    /** Never used again in this process, so that the end of an offer always means the same entry. */
    private long nextId = 1;

    private record Space(int prefixes, BigInteger addresses) {
        static final Space NONE = new Space(0, BigInteger.ZERO);

        Space plus(Prefix prefix, int sign) {
            return new Space(
                    prefixes + sign, sign > 0 ? addresses.add(prefix.size()) : addresses.subtract(prefix.size()));
        }
    }

    EntryTable() {
        for (EntryState state : EntryState.values()) {
            byState.put(state, new TreeMap<>());
        }
        for (AddressFamily family : AddressFamily.values()) {
            free.put(family, new TreeMap<>());
            space.put(family, new EnumMap<>(EntryState.class));
        }
    }

    // Changes

    PoolEntry add(Prefix prefix, EntryState state, String party, Instant now, String note) {
        PoolEntry entry = new PoolEntry(nextId, prefix, state, party, now, note);
        put(entry);
        return entry;
    }

    void move(PoolEntry entry, EntryState state, Instant now, String note) {
        put(new PoolEntry(entry.id(), entry.prefix(), state, entry.party(), now, note));
    }

    void put(PoolEntry entry) {
        nextId = Math.max(nextId, entry.id() + 1);
        PoolEntry old = entries.put(entry.id(), entry);
        before.putIfAbsent(entry.id(), Optional.ofNullable(old));
        if (old != null) {
            unindex(old);
        }
        index(entry);
    }

    void remove(PoolEntry entry) {
        before.putIfAbsent(entry.id(), Optional.of(entry));
        entries.remove(entry.id());
        unindex(entry);
    }

    void keep() {
        before.clear();
    }

    void rollBack() {
        before.forEach((id, old) -> {
            PoolEntry now = entries.remove(id);
            if (now != null) {
                unindex(now);
            }
        });
        before.forEach((id, old) -> old.ifPresent(entry -> {
            entries.put(id, entry);
            index(entry);
        }));
        before.clear();
    }

    Map<Long, String> changed() {
        Map<Long, String> changed = new HashMap<>();
        for (Long id : before.keySet()) {
            PoolEntry entry = entries.get(id);
            if (entry != null) {
                changed.put(id, StoredForm.of(entry));
            }
        }
        return changed;
    }

    Set<Long> removed() {
        Set<Long> removed = new HashSet<>();
        before.forEach((id, old) -> {
            if (old.isPresent() && !entries.containsKey(id)) {
                removed.add(id);
            }
        });
        return removed;
    }

    SortedMap<Long, String> stored() {
        SortedMap<Long, String> stored = new TreeMap<>();
        entries.forEach((id, entry) -> stored.put(id, StoredForm.of(entry)));
        return stored;
    }

    private void index(PoolEntry entry) {
        Prefix prefix = entry.prefix();
        byState.get(entry.state()).put(entry.id(), entry);
        if (entry.state().isOwn()) {
            own.put(prefix, entry);
        }
        if (entry.state() == EntryState.FREE) {
            free.get(prefix.family())
                    .computeIfAbsent(prefix.length(), length -> new TreeMap<>())
                    .put(prefix, entry);
        }
        count(entry, 1);
    }

    private void unindex(PoolEntry entry) {
        Prefix prefix = entry.prefix();
        byState.get(entry.state()).remove(entry.id());
        if (entry.state().isOwn()) {
            own.remove(prefix);
        }
        if (entry.state() == EntryState.FREE) {
            free.get(prefix.family()).computeIfPresent(prefix.length(), (length, sameLength) -> {
                sameLength.remove(prefix);
                return sameLength.isEmpty() ? null : sameLength;
            });
        }
        count(entry, -1);
    }

    private void count(PoolEntry entry, int sign) {
        Map<EntryState, Space> byState = space.get(entry.prefix().family());
        Space sum = byState.getOrDefault(entry.state(), Space.NONE).plus(entry.prefix(), sign);
        if (sum.prefixes == 0) {
            byState.remove(entry.state());
        } else {
            byState.put(entry.state(), sum);
        }
        if (OF_PEERS.contains(entry.state())) {
            PeerUse use = useOf(entry.party()).plus(entry, sign);
            if (use.prefixes() == 0) {
                peers.remove(entry.party());
            } else {
                peers.put(entry.party(), use);
            }
        }
    }

    // Views

    int size() {
        return entries.size();
    }

    List<PoolEntry> entries() {
        return List.copyOf(entries.values());
    }

    Optional<PoolEntry> find(long id) {
        return Optional.ofNullable(entries.get(id));
    }

    Stream<PoolEntry> in(EntryState state) {
        return byState.get(state).values().stream();
    }

    int count(EntryState state) {
        return byState.get(state).size();
    }

    PeerUse useOf(String peer) {
        return peers.getOrDefault(peer, PeerUse.NONE);
    }

    /** {@return the free entry of a prefix} */
    Optional<PoolEntry> free(Prefix prefix) {
        return Optional.ofNullable(own.get(prefix)).filter(entry -> entry.state() == EntryState.FREE);
    }

    /** {@return the free entry of the greatest length up to this one, the lowest address first} */
    Optional<PoolEntry> smallestFree(AddressFamily family, int length) {
        return first(free.get(family).floorEntry(length));
    }

    /** {@return the free entry of the shortest length, the lowest address first} */
    Optional<PoolEntry> largestFree(AddressFamily family) {
        return first(free.get(family).firstEntry());
    }

    private static Optional<PoolEntry> first(Map.@Nullable Entry<Integer, NavigableMap<Prefix, PoolEntry>> sameLength) {
        return Optional.ofNullable(sameLength)
                .map(found -> found.getValue().firstEntry().getValue());
    }

    /** {@return an entry of this node that overlaps a prefix} */
    Optional<PoolEntry> ownOverlapping(Prefix prefix) {
        return Stream.of(Optional.ofNullable(own.floorEntry(prefix)), Optional.ofNullable(own.higherEntry(prefix)))
                .flatMap(Optional::stream)
                .map(Map.Entry::getValue)
                .filter(entry -> entry.prefix().overlaps(prefix))
                .findFirst();
    }

    FamilyUse use(AddressFamily family) {
        Map<EntryState, BigInteger> addresses = new EnumMap<>(EntryState.class);
        Map<EntryState, Integer> prefixes = new EnumMap<>(EntryState.class);
        space.get(family).forEach((state, sum) -> {
            addresses.put(state, sum.addresses);
            prefixes.put(state, sum.prefixes);
        });
        return new FamilyUse(
                addresses,
                prefixes,
                largestFree(family)
                        .map(entry -> OptionalInt.of(entry.prefix().length()))
                        .orElse(OptionalInt.empty()));
    }
}
