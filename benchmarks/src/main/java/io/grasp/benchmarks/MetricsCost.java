package io.grasp.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What metrics cost: runs {@link MetricsBenchmark} on the simulated network without and with them by turns, in one JVM, and
 * prints the ratio of each pair and their median. It compares processor time, so that what else the machine does falls on
 * neither; there is no kernel in it, which would make the difference look smaller.
 */
public final class MetricsCost {
    private static final int BATCH = 2_000;
    private static final int WARM_UP = 5;

    private MetricsCost() {}

    /**
     * Measures and prints.
     *
     * @param args how many pairs
     */
    public static void main(String[] args) {
        int pairs = args.length > 0 ? Integer.parseInt(args[0]) : 21;
        MetricsBenchmark off = started("off");
        MetricsBenchmark on = started("on");
        List<Double> ratios = new ArrayList<>();
        System.out.println("microseconds of processor time for a negotiation, both sides");
        System.out.println("   off      on  on/off");
        for (int pair = -WARM_UP; pair < pairs; pair++) {
            boolean offFirst = pair % 2 == 0;
            double first = micros(offFirst ? off : on);
            double second = micros(offFirst ? on : off);
            double without = offFirst ? first : second;
            double with = offFirst ? second : first;
            if (pair >= 0) {
                ratios.add(with / without);
                System.out.printf(Locale.ROOT, "%6.2f  %6.2f  %.4f%n", without, with, with / without);
            }
        }
        ratios.sort(null);
        System.out.printf(Locale.ROOT, "median ratio %.4f%n", ratios.get(ratios.size() / 2));
        off.close();
        on.close();
    }

    private static MetricsBenchmark started(String metrics) {
        MetricsBenchmark benchmark = new MetricsBenchmark();
        benchmark.substrate = "simulated";
        benchmark.metrics = metrics;
        benchmark.start();
        return benchmark;
    }

    private static double micros(MetricsBenchmark benchmark) {
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        for (int i = 0; i < BATCH; i++) {
            benchmark.negotiate();
        }
        return (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before) / 1e3 / BATCH;
    }
}
