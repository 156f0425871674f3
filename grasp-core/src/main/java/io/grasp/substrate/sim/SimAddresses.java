package io.grasp.substrate.sim;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/** The addresses of a simulated network: they contain the numbers of their node and link in hexadecimal. */
final class SimAddresses {
    private static final int ULA_PREFIX = 0xFD000000;
    private static final int LINK_LOCAL_PREFIX = 0xFE800000;
    private static final int NO_SCOPE = -1;

    private SimAddresses() {}

    /** {@return {@code fd00::<node>}} */
    static InetAddress uniqueLocal(int node) {
        return address(ULA_PREFIX, 0, node, NO_SCOPE);
    }

    /** {@return {@code fe80::<link>:<node>}, as seen by a node for which the link has the index {@code scope}} */
    static InetAddress linkLocal(int link, int node, int scope) {
        return address(LINK_LOCAL_PREFIX, link << Short.SIZE, node, scope);
    }

    /** {@return the number of the node in an address of this class} */
    static int node(InetAddress address) {
        byte[] bytes = address.getAddress();
        return Byte.toUnsignedInt(bytes[bytes.length - 2]) << Byte.SIZE | Byte.toUnsignedInt(bytes[bytes.length - 1]);
    }

    /** {@return the address as seen by a node for which its link has the index {@code scope}} */
    static InetAddress scoped(InetAddress linkLocal, int scope) {
        return address(linkLocal.getAddress(), scope);
    }

    private static InetAddress address(int prefix, int link, int node, int scope) {
        ByteBuffer bytes = ByteBuffer.allocate(16);
        bytes.putInt(prefix).putLong(0).putInt(link | node);
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
