package io.grasp.substrate.sim;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * The addresses of a simulated network: they contain the numbers of their node and link in hexadecimal. The interface
 * identifier of a link-local address has the upper halves of both numbers before the lower ones, which alone suffice
 * for small networks.
 */
final class SimAddresses {
    private static final int ULA_PREFIX = 0xFD000000;
    private static final int LINK_LOCAL_PREFIX = 0xFE800000;
    private static final int NO_SCOPE = -1;
    private static final long LOWER_HALF = 0xFFFF;
    /** The position of the upper half of the node's number. */
    private static final int UPPER_NODE = 10;
    /** The position of the lower half of the node's number. */
    private static final int LOWER_NODE = 14;

    private SimAddresses() {}

    /** {@return {@code fd00::<node>}} */
    static InetAddress uniqueLocal(int node) {
        return address(ULA_PREFIX, node, NO_SCOPE);
    }

    /** {@return {@code fe80::<link>:<node>}, as seen by a node for which the link has the index {@code scope}} */
    static InetAddress linkLocal(int link, int node, int scope) {
        long upper = halves(link >>> Short.SIZE, node >>> Short.SIZE);
        return address(LINK_LOCAL_PREFIX, upper << Integer.SIZE | halves(link, node), scope);
    }

    /** {@return the lower halves of two numbers, one after the other} */
    private static long halves(int first, int second) {
        return (first & LOWER_HALF) << Short.SIZE | second & LOWER_HALF;
    }

    /** {@return the number of the node in a link-local IPv6 address of this class} */
    static int node(InetAddress linkLocal) {
        ByteBuffer bytes = ByteBuffer.wrap(linkLocal.getAddress());
        return bytes.getShort(UPPER_NODE) << Short.SIZE | bytes.getShort(LOWER_NODE) & (int) LOWER_HALF;
    }

    /** {@return the address as seen by a node for which its link has the index {@code scope}} */
    static InetAddress scoped(InetAddress linkLocal, int scope) {
        return address(linkLocal.getAddress(), scope);
    }

    private static InetAddress address(int prefix, long identifier, int scope) {
        ByteBuffer bytes = ByteBuffer.allocate(16);
        bytes.putInt(prefix).putInt(0).putLong(identifier);
        return address(bytes.array(), scope);
    }

    private static InetAddress address(byte[] bytes, int scope) {
        try {
            return Inet6Address.getByAddress(null, bytes, scope);
        } catch (UnknownHostException e) {
            throw new AssertionError("16 bytes are an IPv6 address", e);
        }
    }
}
