package io.grasp.samples.chaos;

import io.grasp.simulation.Trace;
import io.grasp.simulation.Violation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What became of one run.
 *
 * @param seed its seed
 * @param topology its network, for people
 * @param faults what went wrong: the seed decides which of the faults that could
 * @param hash the hash of its trace: the same for the same settings, whatever the machine
 * @param counts how much happened
 * @param virtualTime how much virtual time passed
 * @param violations what should have held and did not
 * @param failure what stopped the run, or {@code null} if it came to its end
 * @param trace what happened on the network, to be shown as a chart for example
 */
public record ChaosResult(
        long seed,
        String topology,
        Set<Fault> faults,
        String hash,
        ChaosCounts counts,
        Duration virtualTime,
        List<Violation> violations,
        @Nullable String failure,
        Trace trace) {
    public ChaosResult {
        faults = Set.copyOf(faults);
        violations = List.copyOf(violations);
    }

    /** {@return whether it came to its end, and everything held} */
    public boolean passed() {
        return failure == null && violations.isEmpty();
    }

    /** {@return what went wrong, a line for each; empty if nothing did} */
    public List<String> complaints() {
        List<String> lines = new ArrayList<>();
        if (failure != null) {
            lines.add(failure);
        }
        violations.forEach(violation -> lines.add(violation.toString()));
        return List.copyOf(lines);
    }
}
