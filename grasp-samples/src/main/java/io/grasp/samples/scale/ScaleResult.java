package io.grasp.samples.scale;

import io.grasp.observe.DropReason;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The measurements on one network.
 *
 * @param graph the kind of the graph
 * @param nodes the number of nodes, each with one ASA
 * @param links the number of point-to-point links
 * @param mostLinks the number of links of the node with the most
 * @param diameter a lower bound of the greatest distance between two nodes, in hops
 * @param heapBytesPerNode the heap for each started node, including its ASA and its share of the links
 * @param usedHeapBytesPerNode the same after the floods and discoveries, with what nodes remember of them
 * @param graphSeconds wall time to generate the graph and to estimate its diameter
 * @param buildSeconds wall time to build the network and to start the nodes
 * @param closeSeconds wall time to close the nodes
 * @param seconds wall time for everything, garbage collections before heap measurements included
 * @param flood a flood whose loop count is high enough for every node to relay
 * @param nearFlood a flood with loop count 6
 * @param discovery a discovery with a responder as far away as its loop count, at most 6, reaches
 * @param farDiscovery a discovery whose responder is one hop beyond its loop count, {@code null} if all nodes are
 *     neighbors
 * @param wideDiscovery a discovery whose responder is at the other end of the network
 * @param drops the number of messages that were dropped for a reason that does not occur in every network
 */
public record ScaleResult(
        String graph,
        int nodes,
        int links,
        int mostLinks,
        int diameter,
        long heapBytesPerNode,
        long usedHeapBytesPerNode,
        double graphSeconds,
        double buildSeconds,
        double closeSeconds,
        double seconds,
        Wave flood,
        Wave nearFlood,
        Search discovery,
        @Nullable Search farDiscovery,
        Search wideDiscovery,
        Map<DropReason, Integer> drops) {
    /**
     * A flood.
     *
     * @param loopCount its loop count
     * @param expected the number of nodes within this number of hops, by breadth-first search
     * @param reached how many of them it reached
     * @param beyond how many other nodes it reached
     * @param virtualMillis when the last node received it
     * @param messagesPerLink M_FLOOD messages sent, on average
     * @param mostOnALink M_FLOOD messages sent, on the link with the most
     * @param wallSeconds the wall-clock time
     */
    public record Wave(
            int loopCount,
            int expected,
            int reached,
            int beyond,
            double virtualMillis,
            double messagesPerLink,
            int mostOnALink,
            double wallSeconds) {
        /** {@return whether it reached exactly the expected nodes} */
        public boolean isExact() {
            return reached == expected && beyond == 0;
        }
    }

    /**
     * A discovery.
     *
     * @param loopCount its loop count
     * @param distance the distance to the nearest responder, in hops
     * @param found the number of responders found
     * @param virtualMillis when it found the responder, {@code null} if it did not
     * @param messagesPerLink M_DISCOVERY messages sent, on average
     * @param responses M_RESPONSE messages sent, hop by hop
     * @param wallSeconds the wall-clock time
     */
    public record Search(
            int loopCount,
            int distance,
            int found,
            @Nullable Double virtualMillis,
            double messagesPerLink,
            int responses,
            double wallSeconds) {
        /** {@return whether it found the responder if and only if the responder is within its loop count} */
        public boolean isRight() {
            return found == (distance <= loopCount ? 1 : 0);
        }
    }

    /** {@return whether every flood and discovery had the expected result} */
    public boolean isRight() {
        return flood.isExact()
                && nearFlood.isExact()
                && discovery.isRight()
                && (farDiscovery == null || farDiscovery.isRight())
                && wideDiscovery.isRight();
    }
}
