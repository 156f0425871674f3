package io.grasp.substrate.netty.overlay;

import io.grasp.substrate.Completion;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.OptionalInt;

/**
 * Finds neighbors of an overlay while the node runs, for example by the floods of a DULL instance on a LAN (RFC 8994
 * section 6.4). What is found need not be trusted: a neighbor is authenticated before it counts.
 */
@FunctionalInterface
public interface NeighborSource {
    /**
     * Begins to look for neighbors. Called on the loop, when the node accepts connections; it must not block.
     *
     * @param neighbors receives them
     * @return the search
     */
    Search start(Neighbors neighbors);

    /** A search for neighbors. */
    @FunctionalInterface
    interface Search {
        /**
         * Ends the search. Called once, on the loop, when the node is closed; it must not block.
         *
         * @param ended to be called when nothing of the search is open any more, on any thread. The close of the node
         *     waits for it, but not longer than {@link OverlayConfig#withCloseTimeout}
         */
        void end(Completion ended);
    }

    /** Receives neighbors. Its methods may be called on any thread, and do nothing after the node is closed. */
    interface Neighbors {
        /**
         * Where this node accepts connections at one of its addresses, for its announcement to others.
         *
         * @param own an address of this host
         * @return the TCP port; empty while it accepts none there, because the settings leave out that address or the
         *     node's certificate cannot be used now
         */
        OptionalInt portAt(InetAddress own);

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

        /**
         * The search cannot find neighbors now, or not all. It is reported to the node's observer
         * ({@link io.grasp.observe.GraspObserver#linkFailed}); the neighbors that were found stay.
         *
         * @param search what failed, in a few words for the operator, such as {@code finding neighbors on eth0}
         * @param cause the failure
         */
        void failed(String search, Throwable cause);
    }
}
