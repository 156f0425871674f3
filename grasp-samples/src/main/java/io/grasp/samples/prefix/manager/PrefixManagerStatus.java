package io.grasp.samples.prefix.manager;

import io.grasp.model.Locator;
import io.grasp.samples.prefix.AddressFamily;
import io.grasp.samples.prefix.PrefixParams;
import io.grasp.samples.prefix.pool.PoolStatus;
import java.util.Map;
import java.util.Optional;

/**
 * The state of a prefix manager at one moment.
 *
 * @param role what it does
 * @param announced the parameters of the domain that were announced last; empty before
 * @param source how they have come
 * @param lengths the length of the prefixes that it requests, by the version of IP
 * @param provider the provider that has assigned a prefix last, if it has not failed since
 * @param negotiations the number of negotiations with requesters in progress
 * @param pool its prefixes
 */
public record PrefixManagerStatus(
        ManagerRole role,
        PrefixParams announced,
        ParamsSource source,
        Map<AddressFamily, Integer> lengths,
        Optional<Locator> provider,
        int negotiations,
        PoolStatus pool) {
    /** Copies the map. */
    public PrefixManagerStatus {
        lengths = Map.copyOf(lengths);
    }
}
