package io.grasp.samples.prefix.pool;

import java.math.BigInteger;
import java.util.Map;
import java.util.OptionalInt;

/**
 * How the space of one version of IP is used.
 *
 * @param addresses the number of addresses in each state; copied
 * @param prefixes the number of prefixes in each state; copied
 * @param shortestFree the length of the largest free prefix, empty if none is free
 */
public record FamilyUse(
        Map<EntryState, BigInteger> addresses, Map<EntryState, Integer> prefixes, OptionalInt shortestFree) {
    /** Nothing. */
    static final FamilyUse NONE = new FamilyUse(Map.of(), Map.of(), OptionalInt.empty());

    /** Copies the maps. */
    public FamilyUse {
        addresses = Map.copyOf(addresses);
        prefixes = Map.copyOf(prefixes);
    }

    /**
     * The space in a state.
     *
     * @param state the state
     * @return the number of addresses
     */
    public BigInteger addresses(EntryState state) {
        return addresses.getOrDefault(state, BigInteger.ZERO);
    }

    /**
     * The prefixes in a state.
     *
     * @param state the state
     * @return their number
     */
    public int prefixes(EntryState state) {
        return prefixes.getOrDefault(state, 0);
    }
}
