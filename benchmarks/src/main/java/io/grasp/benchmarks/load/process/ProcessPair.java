package io.grasp.benchmarks.load.process;

import io.grasp.benchmarks.load.workload.CountdownNegotiation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs an initiator process in this namespace and a responder process in another, with a veth link between them.
 *
 * @param program the beginning of a command line that runs the commands {@code initiate} and {@code respond}
 * @param steps the number of moves of each negotiation
 * @param atOnce the number of concurrent negotiations
 * @param seconds the measured time
 * @param warmUpSeconds the time before that, which is not measured
 */
public record ProcessPair(List<String> program, int steps, int atOnce, int seconds, int warmUpSeconds) {
    public ProcessPair {
        program = List.copyOf(program);
    }

    /** The output of both processes. */
    public record Outputs(KeyValueOutput initiator, KeyValueOutput responder) {}

    /** Runs our initiator with our responder. */
    public Outputs run(long maxSeconds) throws IOException, InterruptedException {
        return run(List.of(), List.of(), maxSeconds);
    }

    /**
     * Runs an initiator with a responder.
     *
     * @param initiate the initiator's command, empty for ours
     * @param respond the responder's command, empty for ours
     */
    public Outputs run(List<String> initiate, List<String> respond, long maxSeconds)
            throws IOException, InterruptedException {
        List<String> responder = respond.isEmpty() ? ours("respond", "--link", Veth.THERE) : respond;
        try (Veth veth = Veth.open(responder, environment(Veth.THERE))) {
            List<String> command = initiate.isEmpty() ? ourInitiator() : initiate;
            KeyValueOutput initiator = veth.run(command, environment(Veth.HERE), maxSeconds);
            return new Outputs(initiator, veth.end());
        }
    }

    private Map<String, String> environment(String link) {
        return Map.of(
                "GRASP_LINK", link,
                "GRASP_OBJECTIVE", CountdownNegotiation.NAME,
                "GRASP_STEPS", "" + steps,
                "GRASP_AT_ONCE", "" + atOnce,
                "GRASP_SECONDS", "" + seconds);
    }

    private List<String> ourInitiator() {
        return ours(
                "initiate",
                "--link",
                Veth.HERE,
                "--steps",
                "" + steps,
                "--at-once",
                "" + atOnce,
                "--seconds",
                "" + seconds,
                "--warm-up",
                "" + warmUpSeconds);
    }

    private List<String> ours(String... args) {
        List<String> line = new ArrayList<>(program);
        line.addAll(List.of(args));
        return line;
    }
}
