package io.grasp.benchmarks.load;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Sessions of the ceilings that failed: what is compared with such a ceiling looks better than it is. */
final class CeilingFailures {
    private final List<String> lines = new ArrayList<>();

    /** Looks at all contenders of a race but the first, which has a column of its own. */
    void note(Race race) {
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
