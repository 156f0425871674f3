package io.grasp.simulation.chaos;

import io.grasp.simulation.Violation;
import io.grasp.substrate.sim.SimEvent;
import java.time.Duration;
import java.util.List;

/**
 * A run did not pass. The message has its seed, what went wrong, the faults of its script, how to repeat it, and the
 * trace up to where the first rule was violated.
 */
public final class ChaosFailure extends AssertionError {
    private static final long serialVersionUID = 1L;
    private static final int MOST_FAULTS_SHOWN = 40;
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

    /** {@return the result of the run; its settings repeat it} */
    public ChaosResult result() {
        return result;
    }

    private static String message(ChaosResult result) {
        StringBuilder message = new StringBuilder("seed ")
                .append(result.config().seed())
                .append(" on ")
                .append(result.topology())
                .append(", faults ")
                .append(Fault.text(result.faults()));
        result.complaints().forEach(complaint -> message.append("\n  ").append(complaint));
        result.script().ifPresent(script -> {
            message.append("\nInjected faults:");
            script.lines().stream()
                    .limit(MOST_FAULTS_SHOWN)
                    .forEach(line -> message.append("\n  ").append(line));
            int more = script.size() - MOST_FAULTS_SHOWN;
            message.append(more > 0 ? "\n  and " + more + " more" : script.size() == 0 ? "\n  none" : "");
        });
        message.append("\nTo repeat it, play the same settings with .withSeed(")
                .append(result.config().seed())
                .append("L)");
        result.config()
                .script()
                .ifPresent(script -> message.append(".withScript(FaultScript.parse(\"")
                        .append(script)
                        .append("\"))"));
        return message.append('\n').append(trace(result)).toString();
    }

    /** {@return the trace up to the first violation, or to the end if there was none} */
    private static String trace(ChaosResult result) {
        Duration end =
                result.violations().stream().map(Violation::at).findFirst().orElse(result.virtualTime());
        List<SimEvent> events = result.trace().events();
        int before = (int)
                events.stream().filter(event -> event.at().compareTo(end) <= 0).count();
        List<String> lines = result.trace().lines().subList(0, before);
        int shown = Math.min(LINES_SHOWN, before);
        return "The last " + shown + " events up to the first of these failures:\n"
                + String.join("\n", lines.subList(before - shown, before));
    }
}
