package io.grasp.simulation;

import io.grasp.simulation.trace.Trace;
import org.jspecify.annotations.Nullable;

/** A simulation failed. The message contains the seed, with which the run can be repeated, and the end of the trace. */
public final class SimulationFailure extends AssertionError {
    private static final long serialVersionUID = 1L;
    private static final int LINES_SHOWN = 100;

    private final long seed;
    private final transient Trace trace;

    /**
     * @param simulation the simulation
     * @param cause the failure, or {@code null} if only invariants were violated
     */
    SimulationFailure(Simulation simulation, @Nullable Throwable cause) {
        super(message(simulation, cause), cause);
        this.seed = simulation.config().seed();
        this.trace = simulation.trace();
    }

    /** {@return the seed of the run} */
    public long seed() {
        return seed;
    }

    /** {@return the trace of the run, which can be shown as a chart} */
    public Trace trace() {
        return trace;
    }

    private static String message(Simulation simulation, @Nullable Throwable cause) {
        StringBuilder message = new StringBuilder("simulation with seed ")
                .append(simulation.config().seed());
        if (cause != null) {
            message.append(": ").append(cause);
        }
        simulation.violations().forEach(violation -> message.append("\n  ").append(violation));
        Trace trace = simulation.trace();
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
