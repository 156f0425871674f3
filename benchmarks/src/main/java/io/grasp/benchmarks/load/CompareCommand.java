package io.grasp.benchmarks.load;

import io.grasp.benchmarks.load.process.KeyValueOutput;
import io.grasp.benchmarks.load.process.Namespace;
import io.grasp.benchmarks.load.process.ProcessPair;
import io.grasp.benchmarks.load.report.Comparison;
import io.grasp.benchmarks.load.workload.CountdownNegotiation;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures negotiations between two processes over a veth link, with this stack and with another implementation. */
@Command(
        name = "compare",
        description = {
            "Negotiates between two processes over a veth link between two network namespaces: this stack with itself."
                    + " With both commands of a peer, also the peer with itself and with this stack.",
            "A peer's commands are run by sh. They get GRASP_LINK, GRASP_OBJECTIVE (EX7), GRASP_STEPS,"
                    + " GRASP_AT_ONCE and GRASP_SECONDS in their environment; the objective's value is the number of"
                    + " moves left, see 'respond'. The initiator prints 'ok=N failed=N seconds=N' at the end; then the"
                    + " responder is stopped.",
            "With a peer, exits with 1 if a budget was missed."
        })
final class CompareCommand implements Callable<Integer> {
    private static final int SLACK_SECONDS = 60;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--responder", paramLabel = "COMMAND", description = "The command that starts a peer's responder.")
    private @Nullable String responder;

    @Option(names = "--initiator", paramLabel = "COMMAND", description = "The command that starts a peer's initiator.")
    private @Nullable String initiator;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Moves of a negotiation after the request (default: ${DEFAULT-VALUE}).",
            defaultValue = "2")
    private int steps;

    @Option(
            names = "--at-once",
            split = ",",
            paramLabel = "N",
            description = "The number of concurrent sessions (default: ${DEFAULT-VALUE}).",
            defaultValue = "1,16,64")
    private List<Integer> atOnce = List.of();

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Seconds to measure, for each row (default: ${DEFAULT-VALUE}).",
            defaultValue = "5")
    private int seconds;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description = "Seconds of warm-up of our initiator, which are not measured: the JVMs compile the code"
                    + " (default: ${DEFAULT-VALUE}).",
            defaultValue = "8")
    private int warmUp;

    CompareCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        Commands.check(spec, "--steps", steps, 1, CountdownNegotiation.MAX_STEPS);
        Commands.check(spec, "--seconds", seconds, 1, 600);
        Commands.check(spec, "--warm-up", warmUp, 0, 60);
        for (int each : atOnce) {
            Commands.check(spec, "--at-once", each, 1, 10_000);
        }
        if ((responder == null) != (initiator == null)) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(), "--responder and --initiator go together");
        }
        if (!Namespace.isInside()) {
            return Commands.runAgainInNamespace(spec);
        }
        PrintWriter out = Commands.out(spec);
        List<Party> sides = new ArrayList<>(List.of(Party.ours()));
        if (responder != null && initiator != null) {
            sides.add(new Party("peer", List.of("sh", "-c", responder), List.of("sh", "-c", initiator)));
        }
        out.printf("%d-step negotiations over a veth link, two processes, %d s each%n%n", steps, seconds);
        out.println("| initiator | responder | at once | sessions/s | failed |");
        out.println("|---|---|---|---|---|");
        double ours = 0;
        double theirs = 0;
        double oursFailed = 0;
        for (int each : atOnce) {
            for (Party from : sides) {
                for (Party to : sides) {
                    KeyValueOutput output = run(from, to, each);
                    double rate = output.number("ok") / output.number("seconds");
                    out.printf(
                            Locale.ROOT,
                            "| %s | %s | %d | %,.0f | %,.0f |%n",
                            from.name,
                            to.name,
                            each,
                            rate,
                            output.number("failed"));
                    out.flush();
                    if (from.equals(to) && from.name.equals(Party.OURS)) {
                        ours = better(ours, rate);
                        oursFailed += output.number("failed");
                    } else if (from.equals(to)) {
                        theirs = better(theirs, rate);
                    }
                }
            }
        }
        boolean success = ours > 0;
        if (sides.size() > 1) {
            out.println();
            success &= new Comparison(ours, oursFailed, theirs).print(out);
        }
        out.flush();
        return success ? 0 : 1;
    }

    /** {@return the higher rate} NaN, from a process that has reported no rate, counts as lower. */
    private static double better(double best, double rate) {
        return rate > best ? rate : best;
    }

    private KeyValueOutput run(Party from, Party to, int sessions) throws IOException, InterruptedException {
        ProcessPair pair = new ProcessPair(Commands.program(spec), steps, sessions, seconds, warmUp);
        return pair.run(from.initiate, to.respond, seconds + warmUp + SLACK_SECONDS)
                .initiator();
    }

    /** An implementation, with the commands of its processes. */
    private record Party(String name, List<String> respond, List<String> initiate) {
        static final String OURS = "ours";

        static Party ours() {
            return new Party(OURS, List.of(), List.of());
        }
    }
}
