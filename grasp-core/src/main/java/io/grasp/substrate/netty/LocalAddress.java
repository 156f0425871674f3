package io.grasp.substrate.netty;

import io.grasp.util.PeerAddresses;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * An address of this machine, as the local address of a connection.
 *
 * @param address the address, without scope
 * @param index the interface of a link-local IPv6 address; 0 for any other address, which may move between interfaces
 */
record LocalAddress(InetAddress address, int index) {
    /** {@return the address as sockets need it} */
    InetAddress scoped() {
        return scoped(address, index);
    }

    /** {@return a local address, whose scope is that of a link-local IPv6 address} */
    static LocalAddress of(InetAddress address) {
        return on(address, address instanceof Inet6Address ipv6 ? ipv6.getScopeId() : 0);
    }

    /** {@return an address of an interface} */
    static LocalAddress on(InetAddress address, int index) {
        boolean scoped = address.isLinkLocalAddress() && address instanceof Inet6Address;
        return new LocalAddress(PeerAddresses.withoutScope(address), scoped ? index : 0);
    }

    /** {@return the address scoped to an interface; without a scope if the index is 0} */
    static InetAddress scoped(InetAddress address, int index) {
        try {
            return address instanceof Inet6Address
                    ? Inet6Address.getByAddress(null, address.getAddress(), index == 0 ? -1 : index)
                    : address;
        } catch (UnknownHostException e) {
            throw new AssertionError("an IPv6 address has 16 bytes", e);
        }
    }
}
