package io.grasp.benchmarks.load;

import io.grasp.benchmarks.load.growth.IdleNegotiation;
import io.grasp.benchmarks.load.process.Namespace;
import io.grasp.benchmarks.load.process.StartTimes;
import io.grasp.benchmarks.load.report.Budgets;
import io.grasp.benchmarks.load.report.Machine;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.TimeValue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs all measurements except the long ones. */
@Command(
        name = "run",
        description = {
            "Measures for about three and a half minutes, and prints the tables and the budgets.",
            "Longer measurements have their own commands: compare (two processes), sustained, growth (up to 100,000).",
            "Exits with 1 if a budget was missed, except in a quick run."
        })
final class RunCommand implements Callable<Integer> {
    private static final String LINK = "lo";
    private static final String OTHER_LINK = "grasp0";

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--quick",
            description = "Run as briefly as possible, to check that everything works. The figures mean nothing.")
    private boolean quick;

    RunCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException, RunnerException {
        if (!Namespace.isInside()) {
            return Commands.runAgainInNamespace(spec);
        }
        RunProfile profile = quick ? RunProfile.QUICK : RunProfile.USUAL;
        PrintWriter out = Commands.out(spec);
        Budgets budgets = new Budgets();
        long began = System.nanoTime();
        Machine.describe(out);
        new SessionMeasurements(profile, out, budgets).run(LINK);
        new MulticastMeasurements(profile, out, budgets).run(LINK, OTHER_LINK);
        codec(profile, budgets);
        starts(profile, budgets);
        growth(profile, out, budgets);
        out.printf(
                Locale.ROOT,
                "%nBudgets, after %.0f s%s%n%n",
                (System.nanoTime() - began) / 1e9,
                quick ? " (a quick run: these figures mean nothing)" : "");
        budgets.print(out);
        out.flush();
        return quick || budgets.allKept() ? 0 : 1;
    }

    private void codec(RunProfile profile, Budgets budgets) throws RunnerException {
        System.setProperty("jmh.ignoreLock", "true"); // the namespace is private, the lock file is not
        FloodCodecMeasurement codec = FloodCodecMeasurement.measure(
                quick ? 1 : 3, TimeValue.milliseconds(profile.each().toMillis()));
        budgets.atLeast(
                "flood decode, to the scanner's rate", codec.decodesPerMicro() / codec.scansPerMicro(), 0.6, "");
        budgets.atMost("flood decode, allocated", codec.bytes(), 480, " bytes");
    }

    private static void starts(RunProfile profile, Budgets budgets) throws IOException, InterruptedException {
        budgets.atMost("node start to ready, warm", StartTimes.warm(LINK, profile.starts()), 100, " ms");
        budgets.atMost("node start to ready, cold JVM", StartTimes.cold(LINK, profile.starts()), 700, " ms");
    }

    private static void growth(RunProfile profile, PrintWriter out, Budgets budgets) {
        out.println("Growth");
        out.println();
        GrowthCommand.measure(out, profile.growth());
        IdleNegotiation idle = new IdleNegotiation(profile.idle());
        budgets.atMost(
                "an open idle negotiation, as its initiator, without its socket", idle.initiator(), 2048, " bytes");
        budgets.atMost("the same as its responder", idle.responder(), 2048, " bytes");
    }
}
