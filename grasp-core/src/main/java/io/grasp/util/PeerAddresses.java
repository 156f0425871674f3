package io.grasp.util;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Decides from the form of an address whether a peer can have it, and how far the address is valid. */
public final class PeerAddresses {
    private static final int MAPPED_PREFIX_BYTES = 12;
    private static final int IPV4_NETWORK_BYTES = 3;
    private static final int IPV6_NETWORK_BYTES = 8;
    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:][0-9A-Fa-f.]*:[0-9A-Fa-f:.]*");

    private PeerAddresses() {}

    /**
     * Whether a peer on another host can have an address. No peer has an unspecified, loopback, multicast, broadcast or
     * reserved address (RFC 6890), be it IPv4, IPv6, or IPv4 inside an IPv6 address (RFC 4291 section 2.5.5). Only the
     * substrate knows whether it is the broadcast address of a particular network.
     *
     * @param address the address
     * @return whether it is a unicast address that another host can have
     */
    public static boolean isPeer(InetAddress address) {
        InetAddress plain = plain(address);
        return !(plain.isAnyLocalAddress()
                || plain.isLoopbackAddress()
                || plain.isMulticastAddress()
                || plain instanceof Inet4Address ipv4 && isSpecial(ipv4));
    }

    /** 0.0.0.0/8 is "this network"; 240.0.0.0/4 is reserved, except the broadcast address 255.255.255.255. */
    private static boolean isSpecial(Inet4Address address) {
        int first = Byte.toUnsignedInt(address.getAddress()[0]);
        return first == 0 || first >= 240;
    }

    /**
     * Whether an address is a loopback address, 127.0.0.0/8 or {@code ::1}.
     *
     * @param address the address
     * @return whether it is a loopback address
     */
    public static boolean isLoopback(InetAddress address) {
        return plain(address).isLoopbackAddress();
    }

    /**
     * Whether an address is valid on one link only, fe80::/10 or 169.254.0.0/16.
     *
     * @param address the address
     * @return whether it is valid only on its link
     */
    public static boolean isLinkLocal(InetAddress address) {
        return plain(address).isLinkLocalAddress();
    }

    /**
     * The IPv4 address that an IPv4-mapped or IPv4-compatible IPv6 address stands for (RFC 4291 section 2.5.5).
     *
     * @param address any address
     * @return the IPv4 address in it; the address itself if there is none, or if it is {@code ::} or {@code ::1}
     */
    public static InetAddress plain(InetAddress address) {
        if (!(address instanceof Inet6Address) || address.isAnyLocalAddress() || address.isLoopbackAddress()) {
            return address;
        }
        byte[] bytes = address.getAddress();
        for (int i = 0; i < MAPPED_PREFIX_BYTES - 2; i++) {
            if (bytes[i] != 0) {
                return address;
            }
        }
        int marker = bytes[MAPPED_PREFIX_BYTES - 2] << Byte.SIZE | Byte.toUnsignedInt(bytes[MAPPED_PREFIX_BYTES - 1]);
        return marker == 0 || marker == -1
                ? ipv4(Arrays.copyOfRange(bytes, MAPPED_PREFIX_BYTES, bytes.length))
                : address;
    }

    /**
     * Parses an address in the dotted form of IPv4 or the text form of IPv6 (RFC 4291 section 2.2), without brackets or
     * a zone. Unlike Java's own method, which looks up {@code 999.1.1.1} as a name, this never looks anything up, so it
     * may be called on a loop.
     *
     * @param text any text
     * @return the address, or {@code null} if the text is not an address
     */
    public static @Nullable InetAddress literal(String text) {
        if (!IPV4.matcher(text).matches() && !IPV6.matcher(text).matches()) {
            return null;
        }
        try {
            return InetAddress.getByName(text); // Java never looks up a text with a colon
        } catch (UnknownHostException e) {
            return null;
        }
    }

    /**
     * The address that a host in a locator is: {@link #literal} without the brackets that a URI has around an IPv6
     * address.
     *
     * @param host a name, or an address
     * @return the address, or {@code null} if the host is a name that has to be looked up
     */
    public static @Nullable InetAddress ofHost(String host) {
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        return literal(bracketed ? host.substring(1, host.length() - 1) : host);
    }

    /**
     * The network that one host may have all addresses of: of an address beyond the link its /64 or IPv4 /24, with a
     * host's part of zeros. A link-local address stands for itself, because all hosts of a link share its prefix.
     *
     * @param address any address
     * @return the first address of its network, or a link-local address itself
     */
    public static InetAddress network(InetAddress address) {
        InetAddress plain = plain(address);
        if (plain.isLinkLocalAddress()) {
            return plain;
        }
        byte[] bytes = plain.getAddress();
        Arrays.fill(
                bytes, plain instanceof Inet4Address ? IPV4_NETWORK_BYTES : IPV6_NETWORK_BYTES, bytes.length, (byte) 0);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError(bytes.length + " bytes are an address", e);
        }
    }

    /**
     * An address as peers know it, without the scope, which identifies an interface of this host.
     *
     * @param address any address
     * @return the address without a scope
     */
    public static InetAddress withoutScope(InetAddress address) {
        try {
            return address instanceof Inet6Address
                    ? Inet6Address.getByAddress(null, address.getAddress(), -1)
                    : address;
        } catch (UnknownHostException e) {
            throw new AssertionError("16 bytes are an IPv6 address", e);
        }
    }

    /**
     * Orders addresses by their bytes, consistently with {@code equals}. Java's addresses have no order, and a peer can
     * choose any number of them with the same hash code: map keys that contain an address are comparable, so that such
     * keys are found by comparisons instead of one after the other.
     *
     * @param one an address
     * @param other an address, perhaps of the other IP version
     * @return as {@link java.util.Comparator#compare}
     */
    public static int compare(InetAddress one, InetAddress other) {
        return Arrays.compareUnsigned(one.getAddress(), other.getAddress());
    }

    private static InetAddress ipv4(byte[] address) {
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            throw new AssertionError("4 bytes are an IPv4 address", e);
        }
    }
}
