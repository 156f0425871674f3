package io.grasp.samples.chaos;

import io.grasp.simulation.chaos.ChaosResult;
import java.util.Objects;

/**
 * The result of a run with {@link RandomAsas}.
 *
 * @param run the result
 * @param counts the numbers of events and operations
 */
public record RandomAsasResult(ChaosResult run, ChaosCounts counts) {
    public RandomAsasResult {
        Objects.requireNonNull(run, "run");
        Objects.requireNonNull(counts, "counts");
    }
}
