package io.grasp.samples;

import io.grasp.samples.scale.GraphKind;
import io.grasp.samples.scale.ScaleResult;
import io.grasp.samples.scale.ScaleRun;
import io.grasp.samples.text.Output;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures networks of growing size. */
@Command(
        name = "scale",
        description =
                "Floods and discovers on simulated networks of up to millions of nodes, and checks how far messages"
                        + " reach. A million nodes need a heap of about 12 GB: java -Xmx12g -XX:+UseParallelGC ...")
final class ScaleCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--nodes",
            split = ",",
            paramLabel = "N",
            description = "Numbers of nodes, " + NetworkSizes.FEWEST + " to " + NetworkSizes.MOST
                    + " (default: ${DEFAULT-VALUE}).",
            defaultValue = "100,1000,10000")
    private List<Integer> nodes = List.of();

    @Option(
            names = "--graph",
            split = ",",
            paramLabel = "KIND",
            description = "Kinds of graphs: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}). Each node of a tree"
                    + " has up to 3 children, the mean degree of the others is 4.",
            converter = KindOfGraph.class,
            completionCandidates = KindOfGraph.class,
            defaultValue = "random")
    private List<GraphKind> graphs = List.of();

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
        NetworkSizes.require(nodes, spec.commandLine());
        Output output = new Output(spec.commandLine().getOut(), json);
        output.say("Connected graphs of point-to-point links, 5 ms a hop; one ASA at each node.");
        boolean right = true;
        for (GraphKind graph : graphs) {
            for (int count : nodes) {
                ScaleResult result = ScaleRun.run(graph, count, seed);
                right &= result.isRight();
                output.record(result);
                describe(result, output);
            }
        }
        return right ? 0 : 1;
    }

    private static void describe(ScaleResult result, Output output) {
        output.say("");
        say(
                output,
                "%s: %,d nodes, %,d links, at most %,d on a node, diameter at least %d: graph in %.2f s, built and"
                        + " started in %.2f s, %,d bytes of heap for each node",
                result.graph(),
                result.nodes(),
                result.links(),
                result.mostLinks(),
                result.diameter(),
                result.graphSeconds(),
                result.buildSeconds(),
                result.heapBytesPerNode());
        flood(result.flood(), output);
        flood(result.nearFlood(), output);
        discovery(result.discovery(), output);
        if (result.farDiscovery() != null) {
            discovery(result.farDiscovery(), output);
        }
        discovery(result.wideDiscovery(), output);
        say(
                output,
                "  then %,d bytes of heap for each node; dropped for an unusual reason: %s; closed in %.2f s; %.1f s in"
                        + " all",
                result.usedHeapBytesPerNode(),
                result.drops().isEmpty() ? "nothing" : result.drops(),
                result.closeSeconds(),
                result.seconds());
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

    /** The names of the graphs on the command line. */
    static final class KindOfGraph implements CommandLine.ITypeConverter<GraphKind>, Iterable<String> {
        KindOfGraph() {}

        @Override
        public GraphKind convert(String text) {
            return Stream.of(GraphKind.values())
                    .filter(kind -> kind.toString().equals(text))
                    .findFirst()
                    .orElseThrow(() -> new CommandLine.TypeConversionException(
                            "'" + text + "' is not one of " + String.join(", ", this)));
        }

        @Override
        public Iterator<String> iterator() {
            return Stream.of(GraphKind.values()).map(GraphKind::toString).iterator();
        }
    }
}
