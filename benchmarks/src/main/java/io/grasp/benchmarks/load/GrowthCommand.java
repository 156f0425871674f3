package io.grasp.benchmarks.load;

import io.grasp.benchmarks.load.growth.GrowingNegotiations;
import io.grasp.benchmarks.load.growth.GrowingObjects;
import io.grasp.benchmarks.load.growth.Growth;
import io.grasp.benchmarks.load.growth.GrowthPlot;
import io.grasp.benchmarks.load.growth.IdleNegotiation;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures growth for all kinds of objects. */
@Command(
        name = "growth",
        description = "Measures the time of a step with growing numbers of open negotiations, registered objectives"
                + " and so on; it must not grow.")
final class GrowthCommand implements Callable<Integer> {
    private static final int IDLE = 20_000;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--max",
            paramLabel = "N",
            description = "The maximum number, a power of ten (default: ${DEFAULT-VALUE}).",
            defaultValue = "100000")
    private int maximum;

    @Option(names = "--plot", paramLabel = "FILE", description = "Also draw a plot, a PNG image.")
    private @Nullable Path plot;

    GrowthCommand() {}

    @Override
    public Integer call() throws IOException {
        Commands.check(spec, "--max", maximum, 1, 100_000);
        PrintWriter out = Commands.out(spec);
        List<Growth> all = measure(out, maximum);
        IdleNegotiation idle = new IdleNegotiation(Math.min(maximum, IDLE));
        out.printf(
                Locale.ROOT,
                "%nAn open idle negotiation without its socket: %,.0f bytes at the initiator, %,.0f at the responder"
                        + " (budget: at most 2,048)%n",
                idle.initiator(),
                idle.responder());
        out.flush();
        if (plot != null) {
            try (OutputStream image = Files.newOutputStream(plot)) {
                GrowthPlot.write(all, image);
            }
        }
        return 0;
    }

    /** Measures all kinds, and prints a table. */
    static List<Growth> measure(PrintWriter out, int maximum) {
        out.println("| what | step | number | ns per step | ns per step on ten fixed objects | bytes of heap each |");
        out.println("|---|---|---|---|---|---|");
        List<Growth> all = new ArrayList<>();
        all.add(print(out, Growth.measure(new GrowingNegotiations(), maximum)));
        for (GrowingObjects.Kind kind : GrowingObjects.Kind.values()) {
            all.add(print(out, Growth.measure(new GrowingObjects(kind), maximum)));
        }
        return all;
    }

    private static Growth print(PrintWriter out, Growth growth) {
        for (Growth.Point point : growth.points()) {
            out.printf(
                    Locale.ROOT,
                    "| %s | %s | %,d | %,.0f | %,.0f | %s |%n",
                    growth.what(),
                    growth.step(),
                    point.count(),
                    point.stepNanos(),
                    point.fewNanos(),
                    Double.isNaN(point.bytesEach()) ? "" : String.format(Locale.ROOT, "%,.0f", point.bytesEach()));
        }
        out.flush();
        return growth;
    }
}
