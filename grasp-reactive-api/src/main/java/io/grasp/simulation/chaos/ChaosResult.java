package io.grasp.simulation.chaos;

import io.grasp.simulation.Violation;
import io.grasp.simulation.adversary.AttackCounts;
import io.grasp.simulation.trace.Trace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The result of a run.
 *
 * @param config its settings; with the same workload they give the same run
 * @param topology its network, in human-readable form
 * @param faults the kinds of faults that it injected: those of the settings that the seed chose
 * @param injected the number of injected faults
 * @param script the injected faults with their times; empty if there were more than 100,000 events
 * @param hash the hash of its trace: the same for the same settings and workload, on every machine
 * @param virtualTime the virtual time of the run
 * @param violations the violated rules
 * @param attacks what each adversary did
 * @param failure the exception that stopped the run; empty if it reached its end
 * @param trace the events on the network, which can be shown as a chart
 */
public record ChaosResult(
        ChaosConfig config,
        String topology,
        Set<Fault> faults,
        long injected,
        Optional<FaultScript> script,
        String hash,
        Duration virtualTime,
        List<Violation> violations,
        List<AttackCounts> attacks,
        Optional<Throwable> failure,
        Trace trace) {
    /** Checks and copies the components. */
    public ChaosResult {
        Objects.requireNonNull(config, "config");
        Objects.requireNonNull(topology, "topology");
        faults = Set.copyOf(faults);
        Objects.requireNonNull(script, "script");
        Objects.requireNonNull(hash, "hash");
        Objects.requireNonNull(virtualTime, "virtualTime");
        violations = List.copyOf(violations);
        attacks = List.copyOf(attacks);
        Objects.requireNonNull(failure, "failure");
        Objects.requireNonNull(trace, "trace");
    }

    /** {@return whether the run reached its end and everything held} */
    public boolean passed() {
        return failure.isEmpty() && violations.isEmpty();
    }

    /** {@return the failures, one line each; empty if there were none} */
    public List<String> complaints() {
        List<String> lines = new ArrayList<>();
        violations.forEach(violation -> lines.add(violation.toString()));
        failure.ifPresent(stopped -> lines.add(describe(stopped)));
        return List.copyOf(lines);
    }

    static String describe(Throwable failure) {
        StackTraceElement[] frames = failure.getStackTrace();
        return failure + (frames.length == 0 ? "" : ", at " + frames[0]);
    }
}
