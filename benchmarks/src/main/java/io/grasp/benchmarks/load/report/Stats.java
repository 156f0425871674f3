package io.grasp.benchmarks.load.report;

import java.util.stream.DoubleStream;

/** Statistics of a few numbers. */
public final class Stats {
    private Stats() {}

    /** {@return the middle number, or the mean of the two in the middle; NaN if there are none} */
    public static double median(DoubleStream numbers) {
        double[] sorted = numbers.sorted().toArray();
        int middle = sorted.length / 2;
        if (sorted.length == 0) {
            return Double.NaN;
        }
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
