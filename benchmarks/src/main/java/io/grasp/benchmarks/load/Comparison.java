package io.grasp.benchmarks.load;

import java.io.PrintWriter;

/**
 * Two implementations, each with itself, at their best.
 *
 * @param ours our sessions a second
 * @param oursFailed how many of ours failed, NaN if a process did not say
 * @param theirs the peer's sessions a second
 */
record Comparison(double ours, double oursFailed, double theirs) {
    /** Prints it; {@return whether the budgets are kept} To a peer that holds no session nothing can be compared. */
    boolean print(PrintWriter out) {
        if (theirs == 0) {
            out.println("The peer had no successful session with itself: there is nothing to compare with.");
            return false;
        }
        Budgets budgets = new Budgets();
        budgets.atLeast("ours with ours, to the peer with itself, each at its best", ours / theirs, 8, " times");
        budgets.atMost("sessions of ours with ours that failed", oursFailed, 0, "");
        budgets.print(out);
        return budgets.allKept();
    }
}
