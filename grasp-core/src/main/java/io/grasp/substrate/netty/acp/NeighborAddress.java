package io.grasp.substrate.netty.acp;

import io.grasp.util.AddressText;
import io.grasp.util.PeerAddresses;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Comparator;

/**
 * The address at which a neighbor on an interface accepts connections.
 *
 * @param address a link-local IPv6 address, without scope
 * @param port a port; 0 if it is not known
 */
record NeighborAddress(InetAddress address, int port) implements Comparable<NeighborAddress> {
    private static final Comparator<NeighborAddress> ORDER = Comparator.comparing(
                    NeighborAddress::address, PeerAddresses::compare)
            .thenComparingInt(NeighborAddress::port);

    /** @throws IllegalArgumentException if it is not a link-local IPv6 address */
    static NeighborAddress of(InetSocketAddress address) {
        InetAddress host = address.getAddress();
        if (!(host instanceof Inet6Address) || !host.isLinkLocalAddress()) {
            throw new IllegalArgumentException(
                    "a neighbor needs a link-local IPv6 address, not " + AddressText.onThisHost(address));
        }
        return new NeighborAddress(PeerAddresses.withoutScope(host), address.getPort());
    }

    /** {@return the address as sockets need it} */
    InetSocketAddress on(int interfaceIndex) {
        return new InetSocketAddress(scoped(address, interfaceIndex), port);
    }

    /** {@return an IPv6 address with an interface as its scope} */
    static InetAddress scoped(InetAddress address, int interfaceIndex) {
        try {
            return Inet6Address.getByAddress(null, address.getAddress(), interfaceIndex);
        } catch (UnknownHostException e) {
            throw new AssertionError("an IPv6 address has 16 bytes", e);
        }
    }

    @Override
    public int compareTo(NeighborAddress other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return AddressText.of(new InetSocketAddress(address, port));
    }
}
