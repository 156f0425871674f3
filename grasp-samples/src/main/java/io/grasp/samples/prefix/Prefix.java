package io.grasp.samples.prefix;

import inet.ipaddr.AddressStringException;
import inet.ipaddr.AddressValueException;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import inet.ipaddr.ipv4.IPv4Address;
import inet.ipaddr.ipv6.IPv6Address;
import io.grasp.util.PrintableText;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A prefix of IPv6 or IPv4: an address whose bits beyond the length are zero, and the length. It is immutable and
 * thread-safe.
 *
 * <p>The order is by family, then by address, then the shorter prefix first, so that a prefix stands before those that
 * it contains.
 */
public final class Prefix implements Comparable<Prefix> {
    private static final Comparator<Prefix> ORDER = Comparator.comparing(Prefix::family)
            .thenComparing(prefix -> prefix.network, Arrays::compareUnsigned)
            .thenComparingInt(Prefix::length);

    /** The library also reads wildcards, ranges, masks and more. */
    private static final Pattern ADDRESS_AND_LENGTH = Pattern.compile("[0-9a-fA-F:.]+/[0-9]+");

    private static final IPAddressStringParameters CIDR = new IPAddressStringParameters.Builder()
            .allowSingleSegment(false)
            .getIPv4AddressParametersBuilder()
            .allow_inet_aton(false)
            .allowLeadingZeros(false)
            .getParentBuilder()
            .toParams();

    /** Prefixes that no node may give to another: not unicast, or valid on one link or in one host only. */
    private static final List<Prefix> NOT_ASSIGNABLE = List.of(
            parse("::/8"), // unspecified, loopback, and IPv4 inside IPv6, whose prefixes are those of IPv4
            parse("fe80::/10"),
            parse("ff00::/8"),
            parse("0.0.0.0/8"),
            parse("127.0.0.0/8"),
            parse("169.254.0.0/16"),
            parse("224.0.0.0/3"));

    private final AddressFamily family;
    private final IPAddress block;
    private final byte[] network;
    private final int length;

    private Prefix(AddressFamily family, IPAddress block, int length) {
        this.family = family;
        this.block = block;
        this.network = block.getLower().getBytes();
        this.length = length;
    }

    /**
     * A prefix from its address.
     *
     * @param family the version of IP
     * @param address the whole address, 16 or 4 bytes; copied
     * @param length the length in bits
     * @return the prefix
     * @throws IllegalArgumentException if the address has another number of bytes or bits beyond the length, or the
     *     length is out of range
     */
    public static Prefix of(AddressFamily family, byte[] address, int length) {
        if (address.length != family.bytes()) {
            throw new IllegalArgumentException("an address of IPv" + family.version() + " has " + family.bytes()
                    + " bytes, not " + address.length);
        }
        if (length < 0 || length > family.bits()) {
            throw new IllegalArgumentException("the length is " + length + ", not from 0 to " + family.bits());
        }
        IPAddress block;
        try {
            block = family == AddressFamily.IPV6 ? new IPv6Address(address, length) : new IPv4Address(address, length);
        } catch (AddressValueException e) {
            throw new IllegalArgumentException(e);
        }
        return new Prefix(family, requireBlock(block, length), length);
    }

    /**
     * A prefix from its text.
     *
     * @param text such as {@code 2001:db8::/32} or {@code 10.0.0.0/8}
     * @return the prefix
     * @throws IllegalArgumentException if it is not one, or has bits beyond its length
     */
    public static Prefix parse(String text) {
        if (!ADDRESS_AND_LENGTH.matcher(text).matches()) {
            throw notAPrefix(text, null);
        }
        IPAddress address;
        try {
            address = new IPAddressString(text, CIDR).toAddress();
        } catch (AddressStringException e) {
            throw notAPrefix(text, e);
        }
        int length = address.getNetworkPrefixLength();
        return new Prefix(
                address.isIPv6() ? AddressFamily.IPV6 : AddressFamily.IPV4, requireBlock(address, length), length);
    }

    private static IllegalArgumentException notAPrefix(String text, @Nullable Exception cause) {
        return new IllegalArgumentException("not a prefix, such as 2001:db8::/32: " + PrintableText.of(text), cause);
    }

    private static IPAddress requireBlock(IPAddress address, int length) {
        if (!address.isPrefixBlock()) {
            throw new IllegalArgumentException(
                    address.toCanonicalString() + " has bits beyond its length of " + length);
        }
        return address;
    }

    /** {@return the version of IP} */
    public AddressFamily family() {
        return family;
    }

    /** {@return the length in bits} */
    public int length() {
        return length;
    }

    /** {@return the whole address, 16 or 4 bytes, as RFC 8992 section 5.1 sends it whatever the length} */
    public byte[] address() {
        return network.clone();
    }

    /** {@return the number of addresses} */
    public BigInteger size() {
        return BigInteger.ONE.shiftLeft(family.bits() - length);
    }

    /**
     * Tests whether this prefix contains all addresses of another one.
     *
     * @param other another prefix, or the same
     * @return whether it does
     */
    public boolean contains(Prefix other) {
        return family == other.family && length <= other.length && block.contains(other.block);
    }

    /**
     * Tests whether two prefixes have addresses in common: then one contains the other.
     *
     * @param other another prefix, or the same
     * @return whether they do
     */
    public boolean overlaps(Prefix other) {
        return contains(other) || other.contains(this);
    }

    /**
     * Both halves, the one with the lower addresses first.
     *
     * @return the two prefixes that are one bit longer
     * @throws IllegalStateException if this prefix is one address
     */
    public List<Prefix> halves() {
        if (length == family.bits()) {
            throw new IllegalStateException(this + " is one address");
        }
        List<Prefix> halves = new ArrayList<>(2);
        block.setPrefixLength(length + 1, false)
                .prefixBlockIterator()
                .forEachRemaining(half -> halves.add(new Prefix(family, half, length + 1)));
        return List.copyOf(halves);
    }

    /**
     * The prefix that this one is a half of.
     *
     * @return the prefix that is one bit shorter
     * @throws IllegalStateException if the length is 0
     */
    public Prefix parent() {
        if (length == 0) {
            throw new IllegalStateException(this + " has all addresses");
        }
        return new Prefix(family, block.toPrefixBlock(length - 1), length - 1);
    }

    /**
     * The other half of {@link #parent}.
     *
     * @return the prefix with the same length that this one can be merged with
     * @throws IllegalStateException if the length is 0
     */
    public Prefix sibling() {
        List<Prefix> halves = parent().halves();
        return halves.get(equals(halves.get(0)) ? 1 : 0);
    }

    /**
     * Tests whether nodes may use addresses of this prefix: unicast addresses that are valid beyond one link and host.
     *
     * @return whether they may
     */
    public boolean isAssignable() {
        return NOT_ASSIGNABLE.stream().noneMatch(this::overlaps);
    }

    @Override
    public int compareTo(Prefix other) {
        return ORDER.compare(this, other);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Prefix prefix
                && family == prefix.family
                && length == prefix.length
                && Arrays.equals(network, prefix.network);
    }

    @Override
    public int hashCode() {
        return Objects.hash(family, length, Arrays.hashCode(network));
    }

    /** {@return the prefix in the form of RFC 5952 and RFC 4291, such as {@code 2001:db8::/32}} */
    @Override
    public String toString() {
        return block.toCanonicalString();
    }
}
