package io.grasp.samples.prefix.pool;

import io.grasp.samples.prefix.AddressFamily;
import java.math.BigInteger;

/**
 * What a peer has: delegated, offered or in doubt.
 *
 * @param offers the number of offers
 * @param prefixes the number of prefixes
 * @param ipv6Addresses the number of IPv6 addresses
 * @param ipv4Addresses the number of IPv4 addresses
 */
record PeerUse(int offers, int prefixes, BigInteger ipv6Addresses, BigInteger ipv4Addresses) {
    static final PeerUse NONE = new PeerUse(0, 0, BigInteger.ZERO, BigInteger.ZERO);

    BigInteger addresses(AddressFamily family) {
        return family == AddressFamily.IPV6 ? ipv6Addresses : ipv4Addresses;
    }

    /** {@return this use with a prefix more, or less if the sign is -1} */
    PeerUse plus(PoolEntry entry, int sign) {
        BigInteger size =
                sign > 0 ? entry.prefix().size() : entry.prefix().size().negate();
        boolean ipv6 = entry.prefix().family() == AddressFamily.IPV6;
        return new PeerUse(
                offers + (entry.state() == EntryState.OFFERED ? sign : 0),
                prefixes + sign,
                ipv6 ? ipv6Addresses.add(size) : ipv6Addresses,
                ipv6 ? ipv4Addresses : ipv4Addresses.add(size));
    }
}
