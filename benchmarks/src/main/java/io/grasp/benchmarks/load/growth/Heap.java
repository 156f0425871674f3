package io.grasp.benchmarks.load.growth;

import java.lang.management.ManagementFactory;

/** Measures the heap in use. */
public final class Heap {
    private static final int COLLECTIONS = 3;

    private Heap() {}

    /** {@return the bytes in use after a full collection} */
    public static long used() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
