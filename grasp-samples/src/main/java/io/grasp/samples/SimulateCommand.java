package io.grasp.samples;

import io.grasp.samples.chaos.RandomAsas;
import io.grasp.samples.chaos.RandomAsasResult;
import io.grasp.samples.console.SimulationRecording;
import io.grasp.samples.node.OutputOptions;
import io.grasp.samples.text.Documents;
import io.grasp.samples.text.Failures;
import io.grasp.simulation.chaos.ChaosConfig;
import io.grasp.simulation.chaos.ChaosResult;
import io.grasp.simulation.chaos.Fault;
import io.grasp.substrate.sim.topology.Topology;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs random networks with random faults. */
@Command(
        name = "simulate",
        description = {
            "Plays random simulated networks, ASAs and faults at virtual time, one for each seed, and checks that the"
                    + " protocol's rules hold; exits with 1 if one does not. The same seed gives the same run.",
            "With a FILE, runs the scenario that it describes instead, and writes its results as tables and plots:"
                    + " see " + Documents.DIRECTORY + "docs/scenarios.md.",
        })
final class SimulateCommand implements Callable<Integer> {
    private static final int USUAL_SEEDS = 50;
    private static final int KEPT_EVENTS = 200_000;
    private static final Set<String> SCENARIO_OPTIONS = Set.of("--out", "--json", "--quiet");

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "FILE", arity = "0..*", description = "Scenarios, as JSON.")
    private List<Path> scenarios = List.of();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the results of scenarios are written. Default: the current directory.")
    private @Nullable Path out;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            description = "How many runs. Default: " + USUAL_SEEDS + ", or 1 with --chart, --record or --trace.")
    private @Nullable Integer seeds;

    @Option(names = "--seed", paramLabel = "FIRST", description = "The first seed. Default: ${DEFAULT-VALUE}.")
    private long first = 1;

    @Option(names = "--nodes", paramLabel = "N", description = "How many nodes. Default: 3 to 16, by the seed.")
    private @Nullable Integer nodes;

    @Option(
            names = "--topology",
            paramLabel = "SPEC",
            description = "chain:N, ring:N, star:N, mesh:N, tree:N:ARITY, random:N:DEGREE, powerlaw:N:LINKS,"
                    + " lan:N or edges:A-B,C-D. Default: the seed decides.")
    private @Nullable String topology;

    @Option(
            names = "--faults",
            paramLabel = "LIST",
            description =
                    "all, none, or some of loss, duplication, reordering, jitter, bandwidth, corruption, partition,"
                            + " flap, crash, suspend, skew, slow with commas between; of several, the seed decides"
                            + " which ones a run has. Default: ${DEFAULT-VALUE}.")
    private String faults = "all";

    @Option(
            names = "--duration",
            paramLabel = "SECONDS",
            description = "How long faults are injected, in virtual time. Default: ${DEFAULT-VALUE}.")
    private long seconds = 20;

    @Option(
            names = "--adversaries",
            paramLabel = "N",
            description = "How many malicious nodes attack while faults are injected; the seed decides how."
                    + " Default: ${DEFAULT-VALUE}.")
    private int adversaries;

    @Mixin
    private OutputOptions options = new OutputOptions();

    @Option(
            names = "--chart",
            paramLabel = "FILE",
            description = "Draw the only run as a sequence chart: a .html page, or a .mmd file for Mermaid.")
    private @Nullable Path chart;

    @Option(
            names = "--record",
            paramLabel = "FILE",
            description = "Record the only run, as a .html page that plays it: see " + Documents.DIRECTORY
                    + "docs/console.md.")
    private @Nullable Path recording;

    @Option(names = "--trace", paramLabel = "FILE", description = "Write the only run's events, a line for each.")
    private @Nullable Path trace;

    SimulateCommand() {}

    @Override
    public Integer call() {
        CommandLine command = Objects.requireNonNull(spec, "spec").commandLine();
        if (!scenarios.isEmpty()) {
            return new ScenarioRunner(options.output(), options::wrong).run(scenarios, outOfScenarios(command));
        }
        require(out == null, "--out is for scenarios: name a FILE");
        boolean files = chart != null || trace != null || recording != null;
        int count = seeds != null ? seeds : files ? 1 : USUAL_SEEDS;
        require(count > 0, "--seeds must be above 0");
        require(!files || count == 1, "--chart, --record and --trace are for one seed: --seeds 1");
        ChaosConfig config = config();
        SimulationFile chartFile = file("--chart", chart, ".html", ".mmd");
        SimulationFile traceFile = file("--trace", trace);
        SimulationFile recordFile = file("--record", recording, ".html");
        require(
                recordFile == null || mostNodes(config) <= SimulationRecording.MOST_NODES,
                "--record is for networks of up to " + SimulationRecording.MOST_NODES + " nodes");

        SimulationReport report = new SimulationReport(options.output(), config, count);
        report.begin();
        for (int i = 0; i < count; i++) {
            SimulationRecording recorded = new SimulationRecording();
            RandomAsasResult run = RandomAsas.run(
                    config.withSeed(first + i).withKeptEvents(files ? KEPT_EVENTS : 1),
                    RandomAsas.USUAL_INTENSITY,
                    recordFile == null ? UnaryOperator.identity() : recorded::of);
            ChaosResult result = run.run();
            report.add(run);
            if (chartFile != null) {
                chartFile.chart(result, report.command(first + i));
            }
            if (recordFile != null) {
                recordFile.record(recorded.page(result, report.command(first + i)));
            }
            if (traceFile != null) {
                traceFile.trace(result);
            }
        }
        report.end();
        return report.failed() == 0 ? 0 : 1;
    }

    /** All other options are for random networks. */
    private Path outOfScenarios(CommandLine command) {
        for (OptionSpec option : command.getParseResult().matchedOptions()) {
            require(
                    SCENARIO_OPTIONS.contains(option.longestName()),
                    option.longestName() + " is not for scenarios, which have everything in their file");
        }
        return out == null ? Path.of("") : out;
    }

    private ChaosConfig config() {
        require(nodes == null || topology == null, "--nodes and --topology exclude each other");
        require(
                nodes == null || nodes >= ChaosConfig.LEAST_NODES && nodes <= ChaosConfig.MOST_NODES,
                "--nodes must be " + ChaosConfig.LEAST_NODES + " to " + ChaosConfig.MOST_NODES);
        long longest = ChaosConfig.LONGEST.toSeconds();
        require(
                seconds >= ChaosConfig.SHORTEST.toSeconds() && seconds <= longest,
                "--duration must be " + ChaosConfig.SHORTEST.toSeconds() + " to " + longest);
        require(
                adversaries >= 0 && adversaries <= ChaosConfig.MOST_ADVERSARIES,
                "--adversaries must be 0 to " + ChaosConfig.MOST_ADVERSARIES);
        try {
            Set<Fault> chosen = Fault.parse(faults);
            ChaosConfig config = ChaosConfig.seeded(first)
                    .withFaults(chosen)
                    .withAdversaries(adversaries)
                    .withDuration(Duration.ofSeconds(seconds))
                    .withNodes(nodes == null ? 0 : nodes);
            return topology == null ? config : config.withTopology(topology);
        } catch (IllegalArgumentException e) {
            throw usage(Failures.oneLine(e));
        }
    }

    /** {@return how many nodes a run has, or at most has if the seed decides} */
    private static int mostNodes(ChaosConfig config) {
        return config.topology()
                .map(text -> Topology.parse(text, config.seed()).nodes())
                .orElse(config.nodes());
    }

    private @Nullable SimulationFile file(String option, @Nullable Path path, String... endings) {
        if (path == null) {
            return null;
        }
        SimulationFile file = new SimulationFile(path, why -> usage(option + ": " + why));
        file.check(endings);
        return file;
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            throw usage(otherwise);
        }
    }

    private ParameterException usage(String what) {
        return new ParameterException(Objects.requireNonNull(spec, "spec").commandLine(), what);
    }
}
