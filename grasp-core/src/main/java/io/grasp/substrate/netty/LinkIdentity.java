package io.grasp.substrate.netty;

import io.grasp.substrate.NodeAddress;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * The identity of a link. An interface that was created again under the same name is another link, and so is one with
 * another address, because neighbors know this node by its address.
 *
 * @param prefixLength the length of the prefix that the address shares with all neighbors, in bits
 */
record LinkIdentity(String name, int index, InetAddress linkLocalAddress, int prefixLength) {
    boolean isIpv4() {
        return linkLocalAddress instanceof Inet4Address;
    }

    /** {@return whether the source address of a multicast shows that it came in on this link} */
    boolean isSourceOnLink(InetAddress source) {
        return source.isLinkLocalAddress() && source instanceof Inet6Address ipv6
                ? ipv6.getScopeId() == index
                : sharesPrefix(source);
    }

    /** {@return whether an address has the prefix of this one} */
    boolean sharesPrefix(InetAddress other) {
        return NodeAddress.haveOnePrefix(linkLocalAddress, other, prefixLength);
    }
}
