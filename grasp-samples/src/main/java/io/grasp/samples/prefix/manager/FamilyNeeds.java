package io.grasp.samples.prefix.manager;

import io.grasp.samples.prefix.AddressFamily;
import java.math.BigInteger;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * What a manager needs of one version of IP.
 *
 * @param family the version of IP
 * @param length the length of the prefixes that it requests, set by the operator; empty to follow the parameters of the
 *     domain, which are for IPv6
 * @param longest the length of the smallest prefix that it accepts if a provider offers less than it has requested
 * @param subnetLength the length of the prefixes that it delegates to interfaces, by which the reserve is counted
 * @param reserve the number of free subnets below which it requests more, and which it does not assign to requesters;
 *     0 to request only when something is needed
 */
public record FamilyNeeds(AddressFamily family, OptionalInt length, int longest, int subnetLength, int reserve) {
    /** For IPv6: subnets of /64, any prefix up to /64, the length of the parameters, no reserve. */
    public static final FamilyNeeds IPV6 = new FamilyNeeds(AddressFamily.IPV6, OptionalInt.empty(), 64, 64, 0);

    /** For IPv4: subnets of /26, any prefix up to /26, requests of /20 as those of graspy's pfxm3, no reserve. */
    public static final FamilyNeeds IPV4 = new FamilyNeeds(AddressFamily.IPV4, OptionalInt.of(20), 26, 26, 0);

    /** Checks the components. */
    public FamilyNeeds {
        Objects.requireNonNull(family, "family");
        length.ifPresent(family::requireLength);
        family.requireLength(longest);
        family.requireLength(subnetLength);
        if (reserve < 0) {
            throw new IllegalArgumentException("the reserve " + reserve + " is negative");
        }
    }

    /** {@return the addresses of the reserve} */
    BigInteger reservedAddresses() {
        return BigInteger.valueOf(reserve).shiftLeft(family.bits() - subnetLength);
    }

    /**
     * {@return these needs with the length of requests that an operator sets}
     *
     * @param newLength see {@link #length}
     */
    public FamilyNeeds withLength(int newLength) {
        return new FamilyNeeds(family, OptionalInt.of(newLength), longest, subnetLength, reserve);
    }

    /**
     * {@return these needs with another length of the smallest accepted prefix}
     *
     * @param newLongest see {@link #longest}
     */
    public FamilyNeeds withLongest(int newLongest) {
        return new FamilyNeeds(family, length, newLongest, subnetLength, reserve);
    }

    /**
     * {@return these needs with another length of subnets, which is also that of the smallest accepted prefix}
     *
     * @param newSubnetLength see {@link #subnetLength}
     */
    public FamilyNeeds withSubnetLength(int newSubnetLength) {
        return new FamilyNeeds(family, length, newSubnetLength, newSubnetLength, reserve);
    }

    /**
     * {@return these needs with another reserve}
     *
     * @param newReserve see {@link #reserve}
     */
    public FamilyNeeds withReserve(int newReserve) {
        return new FamilyNeeds(family, length, longest, subnetLength, newReserve);
    }
}
