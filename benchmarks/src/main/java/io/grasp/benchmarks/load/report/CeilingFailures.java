package io.grasp.benchmarks.load.report;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Collects failed sessions of the ceilings, which are the implementations that GRASP is compared with. Such failures
 * make GRASP look better than it is.
 */
public final class CeilingFailures {
    private final List<String> lines = new ArrayList<>();

    /** Adds the failures of all implementations but the first, which is GRASP and has its own column. */
    public void add(AlternatingRuns runs) {
        for (int i = 1; i < runs.names().size(); i++) {
            long failed = runs.failed(i);
            if (failed > 0) {
                lines.add(String.format(
                        Locale.ROOT,
                        "%s, %s: %,d %s failed, so the measured rate of %s is too low.",
                        runs.title(),
                        runs.names().get(i),
                        failed,
                        failed == 1 ? "session" : "sessions",
                        runs.names().get(i)));
            }
        }
    }

    /** Prints the failures below a table, if there are any. */
    public void print(PrintWriter out) {
        if (!lines.isEmpty()) {
            out.println();
            lines.forEach(out::println);
        }
    }
}
