package io.grasp.benchmarks.load;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How something grows.
 *
 * @param what what there is more of
 * @param step what is done again and again
 * @param points what was measured, for ever more of it
 */
record Growth(String what, String step, List<Point> points) {
    private static final int WARM_UP_STEPS = 20_000;
    private static final int WARM_UPS_BEFORE_THE_FIRST = 15;
    private static final int BATCHES = 75;
    private static final int STEPS = 2_000;
    private static final int FEW = 10;
    private static final int ENOUGH_FOR_BYTES = 1_000;

    /**
     * One measurement.
     *
     * @param count how many there are
     * @param stepNanos the processor's time for one step, the median of many batches
     * @param fewNanos the same with all steps on a few of them, which the processor's caches hold
     * @param bytesEach how much heap each of them takes, NaN where they are too few to tell
     */
    record Point(int count, double stepNanos, double fewNanos, double bytesEach) {}

    /** Measures for one, ten and so on, up to the most. */
    static Growth measure(Growing growing, int most) {
        List<Point> points = new ArrayList<>();
        growing.growTo(1);
        for (int i = 0; i < WARM_UPS_BEFORE_THE_FIRST; i++) {
            growing.steps(WARM_UP_STEPS, 1).run();
        }
        long before = Heap.used();
        for (int count = 1; count <= most; count *= 10) {
            growing.growTo(count);
            growing.steps(WARM_UP_STEPS, count).run(); // memories that are bounded fill up
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
