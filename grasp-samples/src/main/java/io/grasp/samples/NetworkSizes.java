package io.grasp.samples;

import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The sizes of simulated networks that the heap has room for. */
final class NetworkSizes {
    static final int FEWEST = 2;
    static final int MOST = 10_000_000;

    /** The heap that a node needs while its network floods and discovers. */
    private static final long HEAP_BYTES_PER_NODE = 12_000;

    private static final int BYTES_PER_MB = 1_000_000;

    private NetworkSizes() {}

    /**
     * Checks the numbers of nodes.
     *
     * @throws ParameterException if one is out of range
     * @throws IllegalStateException if the heap is too small for one
     */
    static void require(List<Integer> sizes, CommandLine command) {
        for (int nodes : sizes) {
            if (nodes < FEWEST || nodes > MOST) {
                throw new ParameterException(command, "--nodes " + nodes + " is not from " + FEWEST + " to " + MOST);
            }
            requireHeap(nodes);
        }
    }

    private static void requireHeap(int nodes) {
        long needed = nodes * HEAP_BYTES_PER_NODE;
        long heap = Runtime.getRuntime().maxMemory();
        if (needed > heap) {
            throw new IllegalStateException(String.format(
                    Locale.ROOT,
                    "%,d nodes need a heap of %,d MB, and this JVM has %,d MB; set -Xmx",
                    nodes,
                    needed / BYTES_PER_MB,
                    heap / BYTES_PER_MB));
        }
    }
}
