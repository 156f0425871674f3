package io.grasp.samples;

import io.grasp.samples.node.OutputOptions;
import io.grasp.samples.scale.GraphKind;
import io.grasp.samples.scale.ScaleResult;
import io.grasp.samples.scale.ScaleRun;
import io.grasp.samples.scale.ScaleTable;
import io.grasp.samples.text.Documents;
import io.grasp.samples.text.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures everything that a study shows. */
@Command(
        name = "study",
        description = "Measures networks of growing size as scale does, on all kinds of graphs, runs the scenarios in"
                + " a directory as simulate does, and writes the tables and plots there; exits with 1 if a message"
                + " did not reach exactly as far as it should. See " + Documents.DIRECTORY + "docs/study.md.")
final class StudyCommand implements Callable<Integer> {
    private static final String RESULTS = ".results.json";

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "A directory with scenarios, *.json.")
    private Path directory = Path.of("");

    @Option(
            names = "--nodes",
            split = ",",
            paramLabel = "N",
            description = "Numbers of nodes, as for scale (default: ${DEFAULT-VALUE}).",
            defaultValue = "100,1000,10000,100000,1000000")
    private List<Integer> nodes = List.of();

    @Option(names = "--seed", description = "Determines the graphs and the roles of nodes (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Mixin
    private OutputOptions options = new OutputOptions();

    StudyCommand() {}

    @Override
    public Integer call() throws IOException {
        CommandSpec command = Objects.requireNonNull(spec, "spec");
        if (!Files.isDirectory(directory)) {
            throw new ParameterException(command.commandLine(), directory + " is not a directory");
        }
        NetworkSizes.require(nodes, command.commandLine());
        Output output = options.output();
        new ScenarioRunner(output, options::wrong).run(scenarios(), directory);
        return scale(output) ? 0 : 1;
    }

    private List<Path> scenarios() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .filter(file -> !file.toString().endsWith(RESULTS))
                    .sorted()
                    .toList();
        }
    }

    /** {@return whether all messages reached exactly as far as they should} */
    private boolean scale(Output output) throws IOException {
        ScaleTable table = new ScaleTable();
        boolean right = true;
        for (int count : nodes) {
            for (GraphKind graph : GraphKind.values()) {
                ScaleResult result = ScaleRun.run(graph, count, seed);
                right &= result.isRight();
                table.add(result);
                output.record(result);
                output.say(String.format(
                        Locale.ROOT,
                        "%s graph, %,d nodes: %.1f s, %,d bytes of heap for each node%s",
                        graph,
                        count,
                        result.seconds(),
                        result.heapBytesPerNode(),
                        result.isRight() ? "" : "  <- WRONG"));
                write(table); // an interrupted study keeps what it has
            }
        }
        output.say("Written to " + directory);
        return right;
    }

    private void write(ScaleTable table) throws IOException {
        write("scale.csv", table.csv());
        for (Map.Entry<String, String> plot : table.plots().entrySet()) {
            write(plot.getKey(), plot.getValue());
        }
    }

    private void write(String file, String content) throws IOException {
        Files.writeString(directory.resolve(file), content);
    }
}
