package io.grasp.simulation.chaos;

import java.util.List;

/** A run did not pass. The message has its seed, what went wrong and the end of its trace. */
public final class ChaosFailure extends AssertionError {
    private static final long serialVersionUID = 1L;
    private static final int LINES_SHOWN = 60;

    private final transient ChaosResult result;

    /**
     * A failure that reports a run.
     *
     * @param result the result of a run that did not pass
     */
    public ChaosFailure(ChaosResult result) {
        super(message(result), result.failure().orElse(null));
        this.result = result;
    }

    /** {@return the result of the run} */
    public ChaosResult result() {
        return result;
    }

    private static String message(ChaosResult result) {
        List<String> lines = result.trace().lines();
        return "seed " + result.config().seed() + " on " + result.topology() + ", faults "
                + Fault.text(result.faults()) + ":\n  " + String.join("\n  ", result.complaints())
                + "\nThe end of the trace:\n"
                + String.join("\n", lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size()));
    }
}
