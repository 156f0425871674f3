package io.grasp.substrate;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Objects;

/**
 * An address of this node that is valid beyond one link, and what the substrate knows of it. Where nothing is known, as
 * of most IPv4 addresses, it is neither deprecated nor temporary.
 *
 * @param address the address, without scope
 * @param linkIndex the index of the link whose interface has it; 0 if it stands on a loopback interface that is no
 *     link, where a router's, or an Autonomic Control Plane's, stable address stands
 * @param prefixLength how many bits of the address are the prefix of its link, which the neighbors' addresses have too;
 *     all bits if it shares the prefix with no neighbor
 * @param deprecated whether it is valid still, but should not be used for anything new (RFC 4862 section 5.5.4)
 * @param temporary whether it will be replaced soon by another one for the sake of privacy (RFC 8981)
 */
public record NodeAddress(InetAddress address, int linkIndex, int prefixLength, boolean deprecated, boolean temporary) {
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
     * @param temporary whether it will be replaced soon
     */
    public NodeAddress(InetAddress address, int linkIndex, boolean deprecated, boolean temporary) {
        this(address, linkIndex, bits(address), deprecated, temporary);
    }

    private static int bits(InetAddress address) {
        return address.getAddress().length * Byte.SIZE;
    }

    /**
     * {@return whether an address has the prefix of this one; a prefix of no bits is no link's}
     *
     * @param other an address of either IP version
     */
    public boolean sharesPrefix(InetAddress other) {
        return prefixLength > 0 && haveOnePrefix(address, other, prefixLength);
    }

    /**
     * {@return whether two addresses are of one IP version and begin with the same bits}
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
}
