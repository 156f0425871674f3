package io.grasp.benchmarks.load.report;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Compares measurements with their budgets. NaN counts as missed. */
public final class Budgets {
    private record Line(String what, String measured, String budget, boolean kept) {}

    private final List<Line> lines = new ArrayList<>();

    public void atLeast(String what, double measured, double minimum, String unit) {
        lines.add(new Line(what, number(measured) + unit, "at least " + number(minimum) + unit, measured >= minimum));
    }

    public void atMost(String what, double measured, double maximum, String unit) {
        lines.add(new Line(what, number(measured) + unit, "at most " + number(maximum) + unit, measured <= maximum));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 || value == 0 ? "%,.0f" : "%.2f", value);
    }

    public boolean allKept() {
        return lines.stream().allMatch(Line::kept);
    }

    public void print(PrintWriter out) {
        out.println("| what | measured | budget | |");
        out.println("|---|---|---|---|");
        for (Line line : lines) {
            out.printf("| %s | %s | %s | %s |%n", line.what, line.measured, line.budget, line.kept ? "kept" : "MISSED");
        }
    }
}
