package io.grasp.engine;

/** Measures the memory of what a test keeps. */
public final class HeapUse {
    private HeapUse() {}

    /** {@return the heap in use, in bytes, after a collection} */
    public static long now() {
        Runtime runtime = Runtime.getRuntime();
        long used = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
        }
        return used;
    }
}
