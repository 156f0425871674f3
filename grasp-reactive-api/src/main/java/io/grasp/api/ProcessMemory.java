package io.grasp.api;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.MemoryNeed;
import io.grasp.substrate.Loop;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.netty.NettyLoop;

/**
 * The memory that the JVM has for the nodes of its process.
 *
 * @param heapBytes the heap, without what classes, libraries and a small application take
 * @param directBytes the direct memory
 */
record ProcessMemory(long heapBytes, long directBytes) {
    /** What classes, libraries and a small application take of the heap, in bytes. */
    private static final long APPLICATION_BYTES = 16L << 20;

    static ProcessMemory ofJvm() {
        return of(Runtime.getRuntime().maxMemory(), NettyConfig.maxDirectMemory());
    }

    /**
     * The memory of a JVM.
     *
     * @param maxHeapBytes its maximum heap
     * @param maxDirectBytes its maximum direct memory
     */
    static ProcessMemory of(long maxHeapBytes, long maxDirectBytes) {
        return new ProcessMemory(Math.max(0, maxHeapBytes - APPLICATION_BYTES), maxDirectBytes);
    }

    /** {@return whether a node on a loop uses the real network; others are simulated, and do not count} */
    static boolean counts(Loop loop) {
        return loop instanceof NettyLoop;
    }

    /**
     * Adds what a node may need. Called on its loop.
     *
     * @return removes it again
     */
    static Runnable add(Loop loop, MemoryNeed ofNode) {
        return loop instanceof NettyLoop real ? real.addMemory(ofNode) : () -> {};
    }

    /** {@return what all nodes of this process may need together, except those on other loops of the application} */
    static MemoryNeed needOfNodes(Loop here) {
        return here instanceof NettyLoop real ? NettyLoop.memoryOfProcess(real) : NettyLoop.memoryOfProcess();
    }

    /** {@return whether nodes may need more} */
    boolean isExceededBy(MemoryNeed nodes) {
        return nodes.heapBytes() > heapBytes || nodes.directBytes() > directBytes;
    }

    /** {@return the error of a node that must not start} */
    GraspException exceededBy(MemoryNeed nodes) {
        return GraspException.local(
                GraspErrorCode.UNSPECIFIED,
                "the nodes of this process may need " + nodes + "; the JVM has " + MemoryNeed.mib(heapBytes)
                        + " of heap and " + MemoryNeed.mib(directBytes) + " of direct memory for them");
    }
}
