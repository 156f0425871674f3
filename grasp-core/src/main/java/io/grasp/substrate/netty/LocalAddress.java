package io.grasp.substrate.netty;

import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * An address of this machine, as the local address of a connection.
 *
 * @param address the address, without scope
 * @param index the interface of a link-local IPv6 address; 0 for any other address, which may move between interfaces
 */
record LocalAddress(InetAddress address, int index) {
    /** {@return the address as sockets need it} */
    InetAddress scoped() {
        return Interfaces.scoped(address, index);
    }

    static LocalAddress of(InetAddress address) {
        boolean onLink = address.isLinkLocalAddress() && address instanceof Inet6Address;
        return new LocalAddress(Interfaces.withoutScope(address), onLink ? ((Inet6Address) address).getScopeId() : 0);
    }
}
