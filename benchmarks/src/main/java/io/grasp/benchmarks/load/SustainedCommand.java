package io.grasp.benchmarks.load;

import io.grasp.benchmarks.load.process.KeyValueOutput;
import io.grasp.benchmarks.load.process.Namespace;
import io.grasp.benchmarks.load.process.ProcessPair;
import io.grasp.benchmarks.load.workload.CountdownNegotiation;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Negotiates for as long as connections stay in TIME_WAIT, to see whether the rate stays up. */
@Command(
        name = "sustained",
        description = "Negotiates with one peer over a veth link for a minute, as often as possible; shows whether the"
                + " rate stays up.")
final class SustainedCommand implements Callable<Integer> {
    private static final int WARM_UP_SECONDS = 5;
    private static final int SLACK_SECONDS = 60;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Seconds to measure (default: ${DEFAULT-VALUE}).",
            defaultValue = "60")
    private int seconds;

    @Option(
            names = "--at-once",
            paramLabel = "N",
            description = "The number of concurrent sessions (default: ${DEFAULT-VALUE}).",
            defaultValue = "64")
    private int atOnce;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description = "Moves of a negotiation after the request (default: ${DEFAULT-VALUE}).",
            defaultValue = "1")
    private int steps;

    SustainedCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        Commands.check(spec, "--seconds", seconds, 2, 3600);
        Commands.check(spec, "--at-once", atOnce, 1, 10_000);
        Commands.check(spec, "--steps", steps, 1, CountdownNegotiation.MAX_STEPS);
        if (!Namespace.isInside()) {
            return Commands.runAgainInNamespace(spec);
        }
        ProcessPair pair = new ProcessPair(Commands.program(spec), steps, atOnce, seconds, WARM_UP_SECONDS);
        ProcessPair.Outputs outputs = pair.run(seconds + SLACK_SECONDS);
        KeyValueOutput gray = outputs.initiator();
        KeyValueOutput briggs = outputs.responder();
        PrintWriter out = Commands.out(spec);
        out.printf(
                Locale.ROOT,
                "%d-step negotiations with one peer over a veth link, %d at once, %d s%n%n",
                steps,
                atOnce,
                seconds);
        row(out, "sessions per second, whole run", "%,.0f", gray.number("rate"));
        row(out, "in the first seconds (10 at most)", "%,.0f", gray.number("first"));
        row(out, "in the last seconds", "%,.0f", gray.number("last"));
        double kept = gray.number("last") / gray.number("first");
        row(out, "last to first (budget: at least 0.90)", "%.2f", kept);
        row(out, "in the slowest second", "%,.0f", gray.number("slowest_second"));
        row(out, "failed, of the initiator", "%,.0f", gray.number("failed"));
        row(out, "failed, of the responder", "%,.0f", briggs.number("failed"));
        row(out, "delay of the initiator's loop, 99th percentile, ms", "%.1f", gray.number("loop_delay_p99_ms"));
        row(out, "longest delay, ms", "%.1f", gray.number("loop_delay_max_ms"));
        row(out, "connections in TIME_WAIT at the initiator", "%,.0f", gray.number("time_wait"));
        row(out, "and at the responder, which closes first", "%,.0f", briggs.number("time_wait"));
        out.flush();
        return kept >= 0.9 && gray.number("failed") == 0 && briggs.number("failed") == 0 ? 0 : 1;
    }

    private static void row(PrintWriter out, String what, String format, double value) {
        out.printf(Locale.ROOT, "%-52s " + format + "%n", what, value);
    }
}
