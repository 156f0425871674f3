package io.grasp.samples.prefix.pool;

import io.grasp.samples.prefix.AddressFamily;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * All that a pool knows at a time.
 *
 * @param at the time
 * @param entries the prefixes, by number of entry; copied
 * @param use how the space is used; copied
 * @param forecasts when it will be exhausted, for each version of IP; copied
 */
public record PoolStatus(
        Instant at, List<PoolEntry> entries, Map<AddressFamily, FamilyUse> use, List<Forecast> forecasts) {
    /** Copies the collections. */
    public PoolStatus {
        entries = List.copyOf(entries);
        use = Map.copyOf(use);
        forecasts = List.copyOf(forecasts);
    }

    /**
     * The prefixes in a state.
     *
     * @param state the state
     * @return the entries
     */
    public List<PoolEntry> entries(EntryState state) {
        return entries.stream().filter(entry -> entry.state() == state).toList();
    }
}
