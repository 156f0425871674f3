package io.grasp.substrate.netty.overlay;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

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
         * A neighbor has been found, and is wanted until it is lost.
         *
         * @param neighbor the address and port at which it accepts connections; a link-local IPv6 address needs the
         *     interface as scope
         */
        default void found(InetSocketAddress neighbor) {
            found(neighbor, ChronoUnit.FOREVER.getDuration());
        }

        /**
         * A neighbor has been found, or again, and is wanted for some time. Then it is lost, unless it has been found
         * again. If too many have been found, those that have become neighbors stay, and others may be forgotten; a
         * source that finds one of these again reports it again.
         *
         * @param neighbor the address and port at which it accepts connections; a link-local IPv6 address needs the
         *     interface as scope
         * @param valid for how long, from now on; it does not shorten what was reported before
         * @throws IllegalArgumentException if the address is a name that has not been resolved
         */
        void found(InetSocketAddress neighbor, Duration valid);

        /**
         * A neighbor that was found is no longer wanted, for example because its announcement has expired. Its link
         * remains while the neighbor itself wants it.
         *
         * @param neighbor the address and port
         */
        void lost(InetSocketAddress neighbor);
    }
}
