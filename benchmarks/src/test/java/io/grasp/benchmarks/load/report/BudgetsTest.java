package io.grasp.benchmarks.load.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** Tests that kept and missed budgets are reported correctly. */
class BudgetsTest {
    private final StringWriter output = new StringWriter();
    private final PrintWriter out = new PrintWriter(output, true);
    private final Budgets budgets = new Budgets();

    @Test
    void valueAtItsBudgetIsKept() {
        budgets.atLeast("rate", 0.9, 0.9, "");
        budgets.atMost("latency", 1.15, 1.15, " ms");
        assertThat(budgets.allKept()).isTrue();
        assertThat(printed())
                .contains("| rate | 0.90 | at least 0.90 | kept |", "| latency | 1.15 ms | at most 1.15 ms | kept |");
    }

    @Test
    void oneMissedBudgetIsEnough() {
        budgets.atLeast("rate", 0.95, 0.9, "");
        budgets.atMost("latency", 1.16, 1.15, "");
        budgets.atMost("size", 1, 2, "");
        assertThat(budgets.allKept()).isFalse();
        assertThat(printed()).containsOnlyOnce("MISSED").contains("| latency | 1.16 | at most 1.15 | MISSED |");
    }

    @Test
    void notANumberMissesTheBudget() {
        budgets.atLeast("rate", Double.NaN, 0.9, "");
        budgets.atMost("latency", Double.NaN, 1.15, "");
        assertThat(budgets.allKept()).isFalse();
        assertThat(printed())
                .contains("| rate | NaN | at least 0.90 | MISSED |", "| latency | NaN | at most 1.15 | MISSED |");
    }

    @Test
    void ourRateIsComparedWithThatOfThePeer() {
        assertThat(new Comparison(8000, 0, 1000).print(out)).isTrue();
        assertThat(output.toString()).contains("| 8.00 times | at least 8.00 times | kept |");
        assertThat(new Comparison(7990, 0, 1000).print(out)).isFalse();
        assertThat(new Comparison(8000, 1, 1000).print(out)).isFalse();
        assertThat(new Comparison(8000, Double.NaN, 1000).print(out)).isFalse();
    }

    @Test
    void peerWithoutASessionMissesTheBudget() {
        assertThat(new Comparison(8000, 0, 0).print(out)).isFalse();
        assertThat(output.toString()).contains("no successful session").doesNotContain("kept");
    }

    private String printed() {
        budgets.print(out);
        return output.toString();
    }
}
