package io.grasp.substrate;

import io.grasp.util.AddressText;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Objects;

/**
 * An address of this node that is valid beyond one link, with its properties as known to the substrate. If nothing is
 * known, as for most IPv4 addresses, it is neither deprecated nor temporary.
 *
 * @param address the address, without scope
 * @param linkIndex the index of the link whose interface has it; 0 if it is on a loopback interface that is not a link,
 *     as the stable address of a router or of an Autonomic Control Plane is
 * @param prefixLength the length of the prefix that the address shares with its neighbors on the link, in bits; all
 *     bits if it shares its prefix with no neighbor
 * @param deprecated whether it is still valid but should not be used for anything new (RFC 4862 section 5.5.4)
 * @param temporary whether another address will soon replace it for privacy (RFC 8981)
 */
public record NodeAddress(InetAddress address, int linkIndex, int prefixLength, boolean deprecated, boolean temporary) {
    /** Checks the components. */
    public NodeAddress {
        int bits = bits(Objects.requireNonNull(address, "address"));
        if (prefixLength < 0 || prefixLength > bits) {
            throw new IllegalArgumentException("prefixLength is " + prefixLength + ", must be 0 to " + bits);
        }
    }

    /**
     * An address that shares its prefix with no neighbor.
     *
     * @param address the address, without scope
     * @param linkIndex the index of the link whose interface has it, or 0
     * @param deprecated whether it should not be used for anything new
     * @param temporary whether another address will soon replace it
     */
    public NodeAddress(InetAddress address, int linkIndex, boolean deprecated, boolean temporary) {
        this(address, linkIndex, bits(address), deprecated, temporary);
    }

    private static int bits(InetAddress address) {
        return address.getAddress().length * Byte.SIZE;
    }

    /**
     * {@return whether an address has the prefix of this one; a prefix of length 0 never matches}
     *
     * @param other an address of either IP version
     */
    public boolean sharesPrefix(InetAddress other) {
        return prefixLength > 0 && haveOnePrefix(address, other, prefixLength);
    }

    /**
     * {@return whether two addresses have the same IP version and begin with the same bits}
     *
     * @param one an address
     * @param other an address
     * @param prefixLength how many bits
     */
    public static boolean haveOnePrefix(InetAddress one, InetAddress other, int prefixLength) {
        byte[] ours = one.getAddress();
        byte[] theirs = other.getAddress();
        return ours.length == theirs.length
                && new BigInteger(1, ours)
                                .xor(new BigInteger(1, theirs))
                                .shiftRight(ours.length * Byte.SIZE - prefixLength)
                                .signum()
                        == 0;
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
