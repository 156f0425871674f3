package io.grasp.simulation;

import io.grasp.simulation.trace.Trace;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A simulation failed. The message contains the seed, with which the run can be repeated, and the end of the trace. */
public final class SimulationFailure extends AssertionError {
    private static final long serialVersionUID = 1L;
    private static final int LINES_SHOWN = 100;

    /** The seed of the run. */
    private final long seed;

    private final transient Trace trace;

    /**
     * @param seed the seed of the run
     * @param violations the violated invariants
     * @param trace the trace of the run
     * @param cause the failure, or {@code null} if only invariants were violated
     */
    SimulationFailure(long seed, List<Violation> violations, Trace trace, @Nullable Throwable cause) {
        super(message(seed, violations, trace, cause), cause);
        this.seed = seed;
        this.trace = trace;
    }

    /** {@return the seed of the run} */
    public long seed() {
        return seed;
    }

    /** {@return the trace of the run, which can be shown as a chart} */
    public Trace trace() {
        return trace;
    }

    private static String message(long seed, List<Violation> violations, Trace trace, @Nullable Throwable cause) {
        StringBuilder message = new StringBuilder("simulation with seed ").append(seed);
        if (cause != null) {
            message.append(": ").append(cause);
        }
        violations.forEach(violation -> message.append("\n  ").append(violation));
        var lines = trace.lines();
        int shown = Math.min(LINES_SHOWN, lines.size());
        message.append("\nThe last ")
                .append(shown)
                .append(" of ")
                .append(trace.count())
                .append(" events, with the hash ")
                .append(trace.hash())
                .append(":\n");
        lines.subList(lines.size() - shown, lines.size())
                .forEach(line -> message.append(line).append('\n'));
        return message.toString();
    }
}
