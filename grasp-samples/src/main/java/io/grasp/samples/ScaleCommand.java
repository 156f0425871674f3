package io.grasp.samples;

import io.grasp.samples.scale.ScaleResult;
import io.grasp.samples.scale.ScaleRun;
import io.grasp.samples.text.Output;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures networks of growing size. */
@Command(
        name = "scale",
        description =
                "Floods and discovers on simulated networks of thousands of nodes, and checks how far messages reach.")
final class ScaleCommand implements Callable<Integer> {
    private static final int FEWEST = 2;
    private static final int MOST = 30_000;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--nodes",
            split = ",",
            paramLabel = "N",
            description = "Numbers of nodes, " + FEWEST + " to " + MOST + " (default: ${DEFAULT-VALUE}).",
            defaultValue = "100,1000,10000")
    private List<Integer> nodes = List.of();

    @Option(names = "--seed", description = "Determines the graph and the roles of nodes (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--json", description = "Print one JSON object per line.")
    private boolean json;

    ScaleCommand() {}

    @Override
    public Integer call() {
        if (spec == null) {
            throw new IllegalStateException("not a command");
        }
        for (int count : nodes) {
            if (count < FEWEST || count > MOST) {
                throw new ParameterException(
                        spec.commandLine(), "--nodes " + count + " is not from " + FEWEST + " to " + MOST);
            }
        }
        Output output = new Output(spec.commandLine().getOut(), json);
        output.say("Connected random graphs of point-to-point links, mean degree 4, 5 ms a hop; one ASA at each node.");
        boolean right = true;
        for (int count : nodes) {
            ScaleResult result = ScaleRun.run(count, seed);
            right &= result.isRight();
            output.record(result);
            describe(result, output);
        }
        return right ? 0 : 1;
    }

    private static void describe(ScaleResult result, Output output) {
        output.say("");
        say(
                output,
                "%,d nodes, %,d links, diameter %d: built and started in %.2f s, %,d bytes of heap for each node",
                result.nodes(),
                result.links(),
                result.diameter(),
                result.buildSeconds(),
                result.heapBytesPerNode());
        flood(result.flood(), output);
        flood(result.nearFlood(), output);
        discovery(result.discovery(), output);
        if (result.farDiscovery() != null) {
            discovery(result.farDiscovery(), output);
        }
    }

    private static void flood(ScaleResult.Wave wave, Output output) {
        say(
                output,
                "  flood, loop count %d: reached %,d of the %,d nodes within %d hops and %,d beyond, in %.0f ms"
                        + " of virtual time; %.2f messages per link, at most %d; %.2f s%s",
                wave.loopCount(),
                wave.reached(),
                wave.expected(),
                wave.loopCount(),
                wave.beyond(),
                wave.virtualMillis(),
                wave.messagesPerLink(),
                wave.mostOnALink(),
                wave.wallSeconds(),
                wave.isExact() ? "" : "  <- WRONG");
    }

    private static void discovery(ScaleResult.Search search, Output output) {
        say(
                output,
                "  discovery, loop count %d, responder %d hops away: %s; "
                        + "%.2f messages per link, %d responses; %.2f s%s",
                search.loopCount(),
                search.distance(),
                search.virtualMillis() == null
                        ? "not found"
                        : String.format(Locale.ROOT, "found in %.0f ms of virtual time", search.virtualMillis()),
                search.messagesPerLink(),
                search.responses(),
                search.wallSeconds(),
                search.isRight() ? "" : "  <- WRONG");
    }

    private static void say(Output output, String format, Object... values) {
        output.say(String.format(Locale.ROOT, format, values));
    }
}
