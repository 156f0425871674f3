package io.grasp.samples.prefix.pool;

import io.grasp.samples.prefix.AddressFamily;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * How much one peer may have. What is delegated to it, offered, or in doubt counts.
 *
 * @param maxOffers the greatest number of negotiations with an offer at a time
 * @param maxPrefixes the greatest number of prefixes
 * @param shares the greatest total space, as the length of one prefix of that size: 40 stands for as many addresses as
 *     a /40 has; a family that is not listed has no such limit; copied
 */
public record PeerLimits(int maxOffers, int maxPrefixes, Map<AddressFamily, Integer> shares) {
    /** 4 offers at a time, 10,000 prefixes of any size. */
    public static final PeerLimits DEFAULTS = new PeerLimits(4, 10_000, Map.of());

    /**
     * Checks and copies the components.
     *
     * @throws IllegalArgumentException if a number is negative or a length is out of range
     */
    public PeerLimits {
        if (maxOffers < 0 || maxPrefixes < 0) {
            throw new IllegalArgumentException("a limit is negative");
        }
        shares.forEach(AddressFamily::requireLength);
        shares = Map.copyOf(shares);
    }

    /**
     * These limits with a limit of the total space.
     *
     * @param family the version of IP
     * @param length the length of one prefix as large as all that the peer may have
     * @return the changed limits
     */
    public PeerLimits withShare(AddressFamily family, int length) {
        Map<AddressFamily, Integer> changed = new EnumMap<>(AddressFamily.class);
        changed.putAll(shares);
        changed.put(family, length);
        return new PeerLimits(maxOffers, maxPrefixes, changed);
    }

    /**
     * These limits with another number of negotiations.
     *
     * @param offers the greatest number of negotiations with an offer at a time
     * @return the changed limits
     */
    public PeerLimits withMaxOffers(int offers) {
        return new PeerLimits(offers, maxPrefixes, shares);
    }

    /**
     * These limits with another number of prefixes.
     *
     * @param prefixes the greatest number of prefixes
     * @return the changed limits
     */
    public PeerLimits withMaxPrefixes(int prefixes) {
        return new PeerLimits(maxOffers, prefixes, shares);
    }

    /** {@return the limit of the total space of a family, if there is one} */
    OptionalInt share(AddressFamily family) {
        Integer length = shares.get(family);
        return length == null ? OptionalInt.empty() : OptionalInt.of(length);
    }
}
