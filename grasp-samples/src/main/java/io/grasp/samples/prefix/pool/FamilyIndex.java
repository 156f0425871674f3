package io.grasp.samples.prefix.pool;

import io.grasp.samples.prefix.Prefix;
import java.math.BigInteger;
import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The entries of one version of IP: what overlaps a prefix, which free prefix fits, and sums. */
final class FamilyIndex {
    /** {@link EntryState#isOwn}: they do not overlap. */
    private final NavigableMap<Prefix, PoolEntry> own = new TreeMap<>();

    /** The free ones, by length and then by address. */
    private final NavigableMap<Integer, NavigableMap<Prefix, PoolEntry>> free = new TreeMap<>();

    private final Map<EntryState, BigInteger> addresses = new EnumMap<>(EntryState.class);
    private final Map<EntryState, Integer> prefixes = new EnumMap<>(EntryState.class);

    void add(PoolEntry entry) {
        Prefix prefix = entry.prefix();
        if (entry.state().isOwn()) {
            own.put(prefix, entry);
        }
        if (entry.state() == EntryState.FREE) {
            free.computeIfAbsent(prefix.length(), length -> new TreeMap<>()).put(prefix, entry);
        }
        addresses.merge(entry.state(), prefix.size(), BigInteger::add);
        prefixes.merge(entry.state(), 1, Integer::sum);
    }

    void remove(PoolEntry entry) {
        Prefix prefix = entry.prefix();
        if (entry.state().isOwn()) {
            own.remove(prefix);
        }
        if (entry.state() == EntryState.FREE) {
            free.computeIfPresent(prefix.length(), (length, sameLength) -> {
                sameLength.remove(prefix);
                return sameLength.isEmpty() ? null : sameLength;
            });
        }
        addresses.computeIfPresent(entry.state(), (state, sum) -> {
            BigInteger rest = sum.subtract(prefix.size());
            return rest.signum() == 0 ? null : rest;
        });
        prefixes.computeIfPresent(entry.state(), (state, sum) -> sum == 1 ? null : sum - 1);
    }

    /** {@return the free entry of a prefix} */
    Optional<PoolEntry> free(Prefix prefix) {
        return Optional.ofNullable(own.get(prefix)).filter(entry -> entry.state() == EntryState.FREE);
    }

    /** {@return the free entry of the greatest length up to this one, the lowest address first} */
    Optional<PoolEntry> smallestFree(int length) {
        return first(free.floorEntry(length));
    }

    /** {@return the free entry of the shortest length, the lowest address first} */
    Optional<PoolEntry> largestFree() {
        return first(free.firstEntry());
    }

    private static Optional<PoolEntry> first(Map.@Nullable Entry<Integer, NavigableMap<Prefix, PoolEntry>> sameLength) {
        return Optional.ofNullable(sameLength)
                .flatMap(found -> found.getValue().values().stream().findFirst());
    }

    /** {@return an entry of this node that overlaps a prefix} */
    Optional<PoolEntry> ownOverlapping(Prefix prefix) {
        return overlapping(own.floorEntry(prefix), prefix).or(() -> overlapping(own.higherEntry(prefix), prefix));
    }

    private static Optional<PoolEntry> overlapping(Map.@Nullable Entry<Prefix, PoolEntry> neighbor, Prefix prefix) {
        return Optional.ofNullable(neighbor)
                .map(Map.Entry::getValue)
                .filter(entry -> entry.prefix().overlaps(prefix));
    }

    /** {@return the number of addresses in a state} */
    BigInteger addresses(EntryState state) {
        return addresses.getOrDefault(state, BigInteger.ZERO);
    }

    FamilyUse use() {
        return new FamilyUse(
                addresses,
                prefixes,
                largestFree()
                        .map(entry -> OptionalInt.of(entry.prefix().length()))
                        .orElse(OptionalInt.empty()));
    }
}
