package io.grasp.benchmarks.load.growth;

import io.grasp.benchmarks.load.report.Stats;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Measures how the time of a step, and the heap, grow with the number of objects.
 *
 * @param what the objects
 * @param step the repeated step
 * @param points the measurements, in order of growing numbers
 */
public record Growth(String what, String step, List<Point> points) {
    private static final int WARM_UP_STEPS = 20_000;
    private static final int WARM_UPS_BEFORE_THE_FIRST = 15;
    private static final int BATCHES = 75;
    private static final int STEPS = 2_000;
    private static final int FEW = 10;
    private static final int ENOUGH_FOR_BYTES = 1_000;

    /**
     * One measurement.
     *
     * @param count the number of objects
     * @param stepNanos the processor time of one step, the median of many batches
     * @param fewNanos the same with all steps on a few objects, which fit in the processor's caches
     * @param bytesEach the heap taken by each object, NaN if there are too few to measure
     */
    public record Point(int count, double stepNanos, double fewNanos, double bytesEach) {}

    /** Measures for one, ten and so on, up to the maximum. */
    public static Growth measure(GrowingResource growing, int maxCount) {
        List<Point> points = new ArrayList<>();
        growing.growTo(1);
        for (int i = 0; i < WARM_UPS_BEFORE_THE_FIRST; i++) {
            growing.steps(WARM_UP_STEPS, 1).run();
        }
        long before = Heap.used();
        for (int count = 1; count <= maxCount; count *= 10) {
            growing.growTo(count);
            growing.steps(WARM_UP_STEPS, count).run(); // bounded caches fill up
            double bytes = count < ENOUGH_FOR_BYTES ? Double.NaN : (Heap.used() - before) / (count - 1.0);
            double[] all = new double[BATCHES];
            double[] few = new double[BATCHES];
            for (int i = 0; i < BATCHES; i++) {
                all[i] = stepNanos(growing.steps(STEPS, count));
                few[i] = stepNanos(growing.steps(STEPS, FEW));
            }
            points.add(new Point(count, Stats.median(Arrays.stream(all)), Stats.median(Arrays.stream(few)), bytes));
        }
        return new Growth(growing.what(), growing.step(), points);
    }

    private static double stepNanos(Runnable steps) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long began = threads.getCurrentThreadCpuTime();
        steps.run();
        return (threads.getCurrentThreadCpuTime() - began) / (double) STEPS;
    }
}
