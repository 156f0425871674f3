package io.grasp.substrate.netty;

import io.grasp.substrate.NodeAddress;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * What makes a link the same one: an interface that was made anew under the same name is another, and so is one with
 * another address, by which the neighbors know this node.
 *
 * @param prefixLength how many bits of the address all neighbors have
 */
record LinkIdentity(String name, int index, InetAddress linkLocalAddress, int prefixLength) {
    boolean isIpv4() {
        return linkLocalAddress instanceof Inet4Address;
    }

    /** {@return whether the source of a multicast shows that it came in on this link} */
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
