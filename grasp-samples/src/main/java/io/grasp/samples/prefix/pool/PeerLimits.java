package io.grasp.samples.prefix.pool;

import io.grasp.samples.prefix.AddressFamily;
import java.math.BigInteger;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * How much one peer may have. What is delegated to it, offered, or in doubt counts.
 *
 * @param maxOffers the greatest number of negotiations with an offer at a time
 * @param maxPrefixes the greatest number of prefixes
 * @param partOfSeeds the greatest total space of a family that is not listed in the shares, as a part of what the
 *     operator gave to the node: 4 for a quarter. 0, or a node without seeds of that family, for no such limit
 * @param leastShares the length of a prefix that the part of the seeds is never smaller than, so that a small pool can
 *     be used, too; copied
 * @param shares the greatest total space, as the length of one prefix of that size: 40 stands for as many addresses as
 *     a /40 has; copied
 */
public record PeerLimits(
        int maxOffers,
        int maxPrefixes,
        int partOfSeeds,
        Map<AddressFamily, Integer> leastShares,
        Map<AddressFamily, Integer> shares) {
    /** 4 offers at a time, 10,000 prefixes of any size. */
    public static final PeerLimits DEFAULTS = new PeerLimits(4, 10_000, 0, Map.of(), Map.of());

    /**
     * The same, and a quarter of the seeds of each family, so that a peer leaves space to others: for pools of an
     * operator.
     */
    public static final PeerLimits SHARING = DEFAULTS.withPartOfSeeds(4);

    /**
     * Checks and copies the components.
     *
     * @throws IllegalArgumentException if a number is negative or a length is out of range
     */
    public PeerLimits {
        if (maxOffers < 0 || maxPrefixes < 0 || partOfSeeds < 0) {
            throw new IllegalArgumentException("a limit is negative");
        }
        leastShares.forEach(AddressFamily::requireLength);
        leastShares = Map.copyOf(leastShares);
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
        return new PeerLimits(maxOffers, maxPrefixes, partOfSeeds, leastShares, with(shares, family, length));
    }

    /**
     * These limits with the smallest share that follows from the seeds.
     *
     * @param family the version of IP
     * @param length the length of a prefix that the part of the seeds is never smaller than
     * @return the changed limits
     */
    public PeerLimits withLeastShare(AddressFamily family, int length) {
        return new PeerLimits(maxOffers, maxPrefixes, partOfSeeds, with(leastShares, family, length), shares);
    }

    private static Map<AddressFamily, Integer> with(
            Map<AddressFamily, Integer> lengths, AddressFamily family, int length) {
        Map<AddressFamily, Integer> changed = new EnumMap<>(AddressFamily.class);
        changed.putAll(lengths);
        changed.put(family, length);
        return changed;
    }

    /**
     * These limits with another number of negotiations.
     *
     * @param offers the greatest number of negotiations with an offer at a time
     * @return the changed limits
     */
    public PeerLimits withMaxOffers(int offers) {
        return new PeerLimits(offers, maxPrefixes, partOfSeeds, leastShares, shares);
    }

    /**
     * These limits with another number of prefixes.
     *
     * @param prefixes the greatest number of prefixes
     * @return the changed limits
     */
    public PeerLimits withMaxPrefixes(int prefixes) {
        return new PeerLimits(maxOffers, prefixes, partOfSeeds, leastShares, shares);
    }

    /**
     * These limits with a part of the seeds.
     *
     * @param part the greatest total space of a peer: 4 for a quarter of what the operator gave to the node
     * @return the changed limits
     */
    public PeerLimits withPartOfSeeds(int part) {
        return new PeerLimits(maxOffers, maxPrefixes, part, leastShares, shares);
    }

    /**
     * {@return the limit of the total space of a family, in addresses, if there is one}
     *
     * @param seeds the addresses of its seeds
     */
    Optional<BigInteger> share(AddressFamily family, BigInteger seeds) {
        Integer length = shares.get(family);
        if (length != null) {
            return Optional.of(addresses(family, length));
        }
        if (partOfSeeds == 0 || seeds.signum() == 0) {
            return Optional.empty();
        }
        Integer least = leastShares.get(family);
        BigInteger part = seeds.divide(BigInteger.valueOf(partOfSeeds));
        return Optional.of(least == null ? part : part.max(addresses(family, least)));
    }

    private static BigInteger addresses(AddressFamily family, int length) {
        return BigInteger.ONE.shiftLeft(family.bits() - length);
    }
}
