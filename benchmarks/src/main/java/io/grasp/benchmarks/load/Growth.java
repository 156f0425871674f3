package io.grasp.benchmarks.load;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How something grows.
 *
 * @param what what there is more of
 * @param step what is done again and again
 * @param points what was measured, for ever more of it
 */
record Growth(String what, String step, List<Point> points) {
    private static final int WARM_UP_STEPS = 20_000;
    private static final int BATCHES = 15;
    private static final int STEPS = 2_000;
    private static final int ENOUGH_FOR_BYTES = 1_000;

    /**
     * One measurement.
     *
     * @param count how many there are
     * @param stepNanos the processor's time for one step, the median of many batches
     * @param bytesEach how much heap each of them takes, NaN where they are too few to tell
     */
    record Point(int count, double stepNanos, double bytesEach) {}

    /** Measures for one, ten and so on, up to the most. */
    static Growth measure(Growing growing, int most) {
        List<Point> points = new ArrayList<>();
        growing.growTo(1);
        growing.steps(WARM_UP_STEPS);
        long before = Heap.used();
        for (int count = 1; count <= most; count *= 10) {
            growing.growTo(count);
            growing.steps(WARM_UP_STEPS); // memories that are bounded fill up
            double bytes = count < ENOUGH_FOR_BYTES ? Double.NaN : (Heap.used() - before) / (count - 1.0);
            points.add(new Point(count, stepNanos(growing), bytes));
        }
        return new Growth(growing.what(), growing.step(), points);
    }

    private static double stepNanos(Growing growing) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Stats.median(IntStream.range(0, BATCHES).mapToDouble(batch -> {
            long began = threads.getCurrentThreadCpuTime();
            growing.steps(STEPS);
            return (threads.getCurrentThreadCpuTime() - began) / (double) STEPS;
        }));
    }
}
