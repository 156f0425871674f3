/** Runs in turns, their medians and ratios, and the budgets. */
@NullMarked
package io.grasp.benchmarks.load.report;

import org.jspecify.annotations.NullMarked;
