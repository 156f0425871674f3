package io.grasp.benchmarks.load.report;

import java.io.PrintWriter;

/**
 * Compares the best results of two implementations, each running with itself.
 *
 * @param ours our sessions per second
 * @param oursFailed the number of our failed sessions, NaN if a process did not report it
 * @param theirs the peer's sessions per second
 */
public record Comparison(double ours, double oursFailed, double theirs) {
    /**
     * Prints the comparison; {@return whether the budgets are kept} If the peer has completed no session, no comparison
     * is possible, and the budgets are missed.
     */
    public boolean print(PrintWriter out) {
        if (theirs == 0) {
            out.println("The peer had no successful session with itself: there is nothing to compare with.");
            return false;
        }
        Budgets budgets = new Budgets();
        budgets.atLeast(
                "this stack with itself, to the peer with itself, each at its best", ours / theirs, 8, " times");
        budgets.atMost("failed sessions of this stack with itself", oursFailed, 0, "");
        budgets.print(out);
        return budgets.allKept();
    }
}
