package io.grasp.substrate.netty.overlay;

import java.net.InetSocketAddress;

/**
 * Finds neighbors of an overlay while the node runs, for example by the floods of a DULL instance on a LAN (RFC 8994
 * section 6.4). What is found need not be trusted: a neighbor is authenticated before it counts.
 */
@FunctionalInterface
public interface NeighborSource {
    /**
     * Begins to look for neighbors.
     *
     * @param neighbors receives them
     * @return ends the search; called once, on the loop, when the node is closed
     */
    AutoCloseable start(Neighbors neighbors);

    /** Receives neighbors. Its methods may be called on any thread, and do nothing after the node is closed. */
    interface Neighbors {
        /**
         * A neighbor has been found, or again.
         *
         * @param neighbor the address and port at which it accepts connections; a link-local IPv6 address needs the
         *     interface as scope
         */
        void found(InetSocketAddress neighbor);

        /**
         * A neighbor that was found is no longer wanted, for example because its announcement has expired. Its link
         * remains while the neighbor itself wants it.
         *
         * @param neighbor the address and port
         */
        void lost(InetSocketAddress neighbor);
    }
}
