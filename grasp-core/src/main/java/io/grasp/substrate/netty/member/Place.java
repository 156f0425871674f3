package io.grasp.substrate.netty.member;

import io.grasp.util.PeerAddresses;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** An address and port as a key: peers can choose any number of addresses with the same hash code. */
record Place(InetAddress address, int port) implements Comparable<Place> {
    static Place of(InetSocketAddress address) {
        return new Place(address.getAddress(), address.getPort());
    }

    /** Unlike an address, it is equal only to one on the same interface. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Place place && compareTo(place) == 0;
    }

    @Override
    public int hashCode() {
        return 31 * address.hashCode() + port;
    }

    @Override
    public int compareTo(Place other) {
        int byAddress = PeerAddresses.compare(address, other.address);
        if (byAddress != 0) {
            return byAddress;
        }
        int byScope = Integer.compare(scope(address), scope(other.address));
        return byScope != 0 ? byScope : Integer.compare(port, other.port);
    }

    /** A link-local address is on one interface. */
    private static int scope(InetAddress address) {
        return address instanceof Inet6Address ipv6 && ipv6.isLinkLocalAddress() ? ipv6.getScopeId() : 0;
    }
}
