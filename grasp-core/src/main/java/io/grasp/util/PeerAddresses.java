package io.grasp.util;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Tells by the form of an address whether a peer can be there, and how far the address is valid. */
public final class PeerAddresses {
    private static final int MAPPED_PREFIX_BYTES = 12;
    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:][0-9A-Fa-f.]*:[0-9A-Fa-f:.]*");

    private PeerAddresses() {}

    /**
     * Whether a peer on another host can have an address. None has an unspecified, a loopback, a multicast, a broadcast
     * or a reserved address (RFC 6890), whether of IPv4, of IPv6, or of IPv4 in an IPv6 address (RFC 4291 section
     * 2.5.5). Whether it is the broadcast address of one network, only the substrate can tell.
     *
     * @param address the address
     * @return whether it is a unicast address that leads to some host
     */
    public static boolean isPeer(InetAddress address) {
        InetAddress plain = plain(address);
        return !(plain.isAnyLocalAddress()
                || plain.isLoopbackAddress()
                || plain.isMulticastAddress()
                || plain instanceof Inet4Address ipv4 && isSpecial(ipv4));
    }

    /** 0.0.0.0/8 is this network, and 240.0.0.0/4 is reserved but for 255.255.255.255, which is broadcast. */
    private static boolean isSpecial(Inet4Address address) {
        int first = Byte.toUnsignedInt(address.getAddress()[0]);
        return first == 0 || first >= 240;
    }

    /**
     * Whether an address is a loopback address, 127.0.0.0/8 or {@code ::1}.
     *
     * @param address the address
     * @return whether it leads to no other host
     */
    public static boolean isLoopback(InetAddress address) {
        return plain(address).isLoopbackAddress();
    }

    /**
     * Whether an address is valid on one link only, fe80::/10 or 169.254.0.0/16.
     *
     * @param address the address
     * @return whether it means something on its link alone
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
     * The address that a text is, in the dotted form of IPv4 or the text form of IPv6 (RFC 4291 section 2.2), without
     * brackets or a zone. Nothing is ever looked up, as Java would do for {@code 999.1.1.1}: so this may be called on a
     * loop.
     *
     * @param text any text
     * @return the address, or {@code null} if the text is none
     */
    public static @Nullable InetAddress literal(String text) {
        if (!IPV4.matcher(text).matches() && !IPV6.matcher(text).matches()) {
            return null;
        }
        try {
            return InetAddress.getByName(text); // Java takes what has a colon for an address or refuses it
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

    /** {@return an address as text, without the host's name or a scope, which means something on this host alone} */
    public static String text(InetAddress address) {
        String text = address.getHostAddress();
        int percent = text.indexOf('%');
        return percent < 0 ? text : text.substring(0, percent);
    }

    /**
     * An address as peers know it, without the interface of this host that it is on.
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

    private static InetAddress ipv4(byte[] address) {
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            throw new AssertionError("4 bytes are an IPv4 address", e);
        }
    }
}
