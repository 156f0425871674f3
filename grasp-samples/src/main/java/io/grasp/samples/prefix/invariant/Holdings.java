package io.grasp.samples.prefix.invariant;

import io.grasp.samples.prefix.Prefix;
import io.grasp.samples.prefix.pool.EntryState;
import io.grasp.samples.prefix.pool.PoolEntry;
import io.grasp.samples.prefix.pool.PoolStatus;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The prefixes of one manager at one time.
 *
 * @param manager its name
 * @param seeds what its operator gave it; copied
 * @param usable what it may use or give away now; copied
 * @param offered what it offers in negotiations under way; copied
 * @param doubtful what is in doubt or being accepted: another manager may have it too; copied
 */
public record Holdings(
        String manager, List<Prefix> seeds, List<Prefix> usable, List<Prefix> offered, List<Prefix> doubtful) {
    private static final Set<EntryState> USABLE = Set.of(EntryState.FREE, EntryState.ASSIGNED);
    private static final Set<EntryState> DOUBTFUL =
            Set.of(EntryState.IN_DOUBT, EntryState.UNCONFIRMED, EntryState.ACCEPTING);

    /** Checks and copies the components. */
    public Holdings {
        Objects.requireNonNull(manager, "manager");
        seeds = List.copyOf(seeds);
        usable = List.copyOf(usable);
        offered = List.copyOf(offered);
        doubtful = List.copyOf(doubtful);
    }

    /**
     * The prefixes of a pool.
     *
     * @param manager the name of its manager
     * @param status the state of the pool
     * @return its prefixes
     */
    public static Holdings of(String manager, PoolStatus status) {
        return new Holdings(
                manager,
                prefixes(status, Set.of(EntryState.SEED)),
                prefixes(status, USABLE),
                prefixes(status, Set.of(EntryState.OFFERED)),
                prefixes(status, DOUBTFUL));
    }

    private static List<Prefix> prefixes(PoolStatus status, Set<EntryState> states) {
        return status.entries().stream()
                .filter(entry -> states.contains(entry.state()))
                .map(PoolEntry::prefix)
                .toList();
    }

    /** {@return the prefixes that no other entry of this manager may overlap} */
    Stream<Prefix> own() {
        return Stream.concat(usable.stream(), offered.stream());
    }
}
