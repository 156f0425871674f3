package io.grasp.benchmarks.load;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Failed sessions of the ceilings. A comparison with such a ceiling looks better than it should. */
final class CeilingFailures {
    private final List<String> lines = new ArrayList<>();

    /** Notes the failures of all implementations of a race except the first, which has its own column. */
    void note(AlternatingRuns race) {
        for (int i = 1; i < race.names().size(); i++) {
            long failed = race.failed(i);
            if (failed > 0) {
                lines.add(String.format(
                        Locale.ROOT,
                        "In '%s' %,d %s of %s failed: its rate is too low.",
                        race.title(),
                        failed,
                        failed == 1 ? "session" : "sessions",
                        race.names().get(i)));
            }
        }
    }

    /** Prints them below a table, if there are any. */
    void print(PrintWriter out) {
        if (!lines.isEmpty()) {
            out.println();
            lines.forEach(out::println);
        }
    }
}
