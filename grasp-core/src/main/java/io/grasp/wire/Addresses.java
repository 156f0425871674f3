package io.grasp.wire;

import io.grasp.cbor.CborException;
import io.grasp.cbor.CborException.Reason;
import io.grasp.cbor.CborReader;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Reads addresses, which are byte strings; their length distinguishes IPv4 from IPv6. */
final class Addresses {
    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;
    private static final int NO_SCOPE = -1;

    private Addresses() {}

    /** Reads an initiator address of either IP version. */
    static InetAddress read(CborReader in) throws CborException {
        int start = in.position();
        byte[] address = in.readBytes();
        return address.length == IPV4_BYTES ? ipv4(address) : ipv6(address, start);
    }

    static Inet6Address readIpv6(CborReader in) throws CborException {
        int start = in.position();
        return ipv6(in.readBytes(), start);
    }

    static Inet4Address readIpv4(CborReader in) throws CborException {
        int start = in.position();
        byte[] address = in.readBytes();
        if (address.length != IPV4_BYTES) {
            throw new CborException(Reason.WRONG_LENGTH, start);
        }
        return ipv4(address);
    }

    /** Unlike {@link InetAddress#getByAddress}, this keeps an IPv4-mapped address as 16 bytes. */
    private static Inet6Address ipv6(byte[] address, int start) throws CborException {
        if (address.length != IPV6_BYTES) {
            throw new CborException(Reason.WRONG_LENGTH, start);
        }
        try {
            return Inet6Address.getByAddress(null, address, NO_SCOPE);
        } catch (UnknownHostException e) {
            throw new AssertionError("16 bytes are an IPv6 address", e);
        }
    }

    private static Inet4Address ipv4(byte[] address) {
        try {
            return (Inet4Address) InetAddress.getByAddress(address);
        } catch (UnknownHostException e) {
            throw new AssertionError("4 bytes are an IPv4 address", e);
        }
    }
}
