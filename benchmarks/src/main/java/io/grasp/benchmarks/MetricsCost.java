package io.grasp.benchmarks;

import com.sun.management.ThreadMXBean;
import io.grasp.model.Objective;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Measures the cost of metrics or of watchers: runs {@link MetricsBenchmark} without them, again without, and with
 * them, in turns in one JVM, and prints the medians. The second run without them shows the error of the method. It
 * compares the processor time of all threads, so that other load on the machine does not matter. On the simulated
 * network there is no kernel time, so the relative cost of metrics is greatest there.
 */
public final class MetricsCost {
    private static final int BATCH = 500;
    private static final ThreadMXBean THREADS = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
    private static final int WARM_UP = 40;
    private static final int VARIANTS = 3;

    private final String substrate;
    private final List<String> variants;
    private final List<MetricsBenchmark> implementations;
    private final List<List<Double>> micros = Stream.generate(() -> (List<Double>) new ArrayList<Double>())
            .limit(VARIANTS)
            .toList();

    private MetricsCost(String substrate, String measured) {
        this.substrate = substrate;
        this.variants = List.of("off", "off", measured);
        this.implementations =
                IntStream.range(0, VARIANTS).mapToObj(this::start).toList();
    }

    /**
     * Measures and prints.
     *
     * @param args {@code simulated} or {@code sockets}, the number of rounds, and {@code on} for metrics or
     *     {@code watched} for watchers
     */
    public static void main(String[] args) {
        MetricsCost cost = new MetricsCost(args.length > 0 ? args[0] : "simulated", args.length > 2 ? args[2] : "on");
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 201;
        for (int round = -WARM_UP; round < rounds; round++) {
            cost.round(round);
        }
        cost.print();
        cost.implementations.forEach(MetricsBenchmark::close);
    }

    private MetricsBenchmark start(int implementation) {
        MetricsBenchmark benchmark = new MetricsBenchmark();
        benchmark.substrate = substrate;
        benchmark.metrics = variants.get(implementation);
        benchmark.objective = Objective.negotiable("EX" + implementation);
        benchmark.start();
        return benchmark;
    }

    /**
     * Runs each variant once. Every second round uses the opposite order, and each round begins with another variant.
     */
    private void round(int number) {
        for (int turn = 0; turn < implementations.size(); turn++) {
            int implementation = Math.floorMod(number % 2 == 0 ? number + turn : number - turn, implementations.size());
            double spent = cost(implementations.get(implementation), MetricsCost::nanos) / 1e3;
            if (number >= 0) {
                micros.get(implementation).add(spent);
            }
        }
    }

    private static long nanos() {
        return Arrays.stream(THREADS.getThreadCpuTime(THREADS.getAllThreadIds()))
                .filter(spent -> spent > 0) // -1 for a thread that has ended
                .sum();
    }

    private static double cost(MetricsBenchmark benchmark, LongSupplier meter) {
        long before = meter.getAsLong();
        for (int i = 0; i < BATCH; i++) {
            benchmark.negotiate();
        }
        return (meter.getAsLong() - before) / (double) BATCH;
    }

    private void print() {
        System.out.println("for one negotiation, both sides, on " + substrate);
        for (int implementation = 0; implementation < implementations.size(); implementation++) {
            System.out.printf(
                    Locale.ROOT,
                    "%-7s  %6.2f us of processor time, %.3f times the first variant%s%n",
                    variants.get(implementation),
                    median(micros.get(implementation)),
                    ratio(implementation),
                    allocated(implementations.get(implementation)));
        }
    }

    private double ratio(int implementation) {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < micros.get(implementation).size(); round++) {
            ratios.add(micros.get(implementation).get(round) / micros.get(0).get(round));
        }
        return median(ratios);
    }

    /** {@return the bytes that one negotiation allocates; nothing on sockets, where other threads allocate too} */
    private String allocated(MetricsBenchmark benchmark) {
        return substrate.equals("sockets")
                ? ""
                : String.format(
                        Locale.ROOT,
                        ", %.0f bytes allocated",
                        cost(benchmark, THREADS::getCurrentThreadAllocatedBytes));
    }

    static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }
}
