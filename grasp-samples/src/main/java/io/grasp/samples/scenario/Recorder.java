package io.grasp.samples.scenario;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The numbers that the workloads of a run report. */
final class Recorder {
    private static final String ATTEMPTS = ".attempts";
    private static final String SUCCESSES = ".successes";
    private static final double HIGH = 0.95;

    private final Map<String, Long> counts = new TreeMap<>();
    private final Map<String, List<Double>> values = new TreeMap<>();

    void count(String column, long number) {
        counts.merge(column, number, Long::sum);
    }

    void measure(String column, double value) {
        values.computeIfAbsent(column, absent -> new ArrayList<>()).add(value);
    }

    /** Adds the results to the columns of a run. */
    void addTo(Map<String, Object> columns) {
        counts.forEach((column, number) -> {
            columns.put(column, number);
            if (column.endsWith(ATTEMPTS) && number > 0) {
                String entry = column.substring(0, column.length() - ATTEMPTS.length());
                columns.put(entry + ".share", counts.getOrDefault(entry + SUCCESSES, 0L) / (double) number);
            }
        });
        values.forEach((column, list) -> {
            double[] sorted = list.stream().mapToDouble(Double::doubleValue).toArray();
            Arrays.sort(sorted);
            columns.put(column + ".mean", Arrays.stream(sorted).sum() / sorted.length);
            columns.put(column + ".median", sorted[(sorted.length - 1) / 2]);
            columns.put(column + ".p95", sorted[(int) Math.ceil(HIGH * sorted.length) - 1]);
            columns.put(column + ".max", sorted[sorted.length - 1]);
        });
    }
}
