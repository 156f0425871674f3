package io.grasp.substrate.netty.acp;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Knows the neighbors on the interfaces of an Autonomic Control Plane, by their link-local addresses. A neighbor that
 * no source reports can still connect to this node. An implementation for an ACP daemon reports what that daemon knows.
 */
@FunctionalInterface
public interface NeighborSource {
    /** The default interval at which the kernel's table is read. */
    Duration KERNEL_POLL = Duration.ofSeconds(2);

    /**
     * Begins to report the neighbors on an interface. Called on the loop, when the interface can be used; it must not
     * block.
     *
     * @param interfaceName the interface
     * @param listener receives the neighbors
     * @return stops the reports; called once, on the loop; it must not block
     */
    Runnable watch(String interfaceName, Listener listener);

    /** Receives the neighbors on one interface. Its methods may be called on any thread. */
    interface Listener {
        /**
         * The neighbors on the interface are these. The first call, perhaps without any, reports what is known at
         * first.
         *
         * @param neighbors all of them, by their link-local IPv6 addresses, with or without a scope; port 0 stands for
         *     {@link AcpConfig#withPort the port} of this node
         */
        void present(Collection<InetSocketAddress> neighbors);

        /**
         * The neighbors cannot be found out now. Those that were reported last stay.
         *
         * @param cause the failure
         */
        void failed(Throwable cause);
    }

    /**
     * {@return a source that reports the neighbors that the operator names}
     *
     * @param neighbors the link-local addresses of the neighbors on each interface
     */
    static NeighborSource configured(Map<String, ? extends Collection<InetSocketAddress>> neighbors) {
        Map<String, Set<InetSocketAddress>> copy = new HashMap<>();
        neighbors.forEach((name, addresses) -> {
            addresses.forEach(NeighborAddress::of); // throws if one is not link-local
            copy.put(name, Set.copyOf(addresses));
        });
        return (name, listener) -> {
            listener.present(copy.getOrDefault(name, Set.of()));
            return () -> {};
        };
    }

    /** {@return the neighbors in the kernel's table, read every 2 s} See {@link #kernel(Duration)}. */
    static NeighborSource kernel() {
        return kernel(KERNEL_POLL);
    }

    /**
     * {@return a source that polls the kernel's table of IPv6 neighbors, by {@code ip -6 neigh} on Reactor's
     * scheduler for blocking tasks}
     * The table lists the nodes that this host has exchanged packets with lately. Nothing is sent to find others: an
     * ACP's routing protocol and its other traffic fill the table, and a neighbor that already knows this node connects
     * to it. Interfaces without neighbor discovery, such as those of WireGuard, have no table.
     *
     * @param poll the interval, above 0
     */
    static NeighborSource kernel(Duration poll) {
        return new KernelNeighbors(List.of("ip", "-6", "neigh", "show", "dev"), poll);
    }
}
