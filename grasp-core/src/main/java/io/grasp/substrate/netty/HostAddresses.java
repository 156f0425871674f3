package io.grasp.substrate.netty;

import io.grasp.substrate.NodeAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/** The addresses of this host at one moment, for substrates that accept connections at any of them. */
public final class HostAddresses {
    private final Interfaces interfaces;
    private final List<NodeAddress> addresses;

    private HostAddresses(Interfaces interfaces, List<NodeAddress> addresses) {
        this.interfaces = interfaces;
        this.addresses = addresses;
    }

    /**
     * Reads the addresses of all interfaces, which takes about 0.1 ms.
     *
     * @return the addresses
     * @throws IOException if they cannot be read, for example without file descriptors
     */
    public static HostAddresses read() throws IOException {
        Interfaces read = Interfaces.read();
        return new HostAddresses(read, read.allNodeAddresses());
    }

    /** {@return those that are valid beyond one link, of interfaces that are up} They belong to no link. */
    public List<NodeAddress> beyondLinks() {
        return addresses;
    }

    /**
     * The interfaces that have an address, see {@link io.grasp.substrate.Substrate#holders}.
     *
     * @param address an address
     * @return their indexes
     */
    public Set<Integer> holders(InetAddress address) {
        return interfaces.holders(address);
    }

    /**
     * Whether an interface that is up has an address, so that a connection can have it.
     *
     * @param address an address, link-local ones with scope
     * @return whether it is an address of this host
     */
    public boolean isLocal(InetAddress address) {
        return interfaces.local().contains(LocalAddress.of(address));
    }

    /**
     * Whether no host has an IPv4 address, see {@link io.grasp.substrate.Substrate#isBroadcast}.
     *
     * @param address an address
     * @return whether it is the address of a network, or its broadcast address
     */
    public boolean isBroadcast(InetAddress address) {
        return interfaces.isBroadcast(address);
    }

    /** {@return whether this process can use IPv6} */
    public static boolean isIpv6Available() {
        return BoundChannels.isIpv6Available();
    }
}
