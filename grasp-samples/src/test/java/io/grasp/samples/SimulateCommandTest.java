package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.samples.chaos.ChaosCounts;
import io.grasp.samples.chaos.RandomAsasResult;
import io.grasp.samples.text.Output;
import io.grasp.simulation.Violation;
import io.grasp.simulation.chaos.ChaosConfig;
import io.grasp.simulation.chaos.ChaosResult;
import io.grasp.simulation.chaos.Fault;
import io.grasp.simulation.trace.Trace;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** {@code simulate}. */
class SimulateCommandTest {
    private static final String[] SMALL = {"simulate", "--seeds", "3", "--nodes", "4", "--duration", "3"};

    @TempDir
    private Path directory;

    @Test
    void printsASummaryOfTheRuns() {
        Cli.Run run = Cli.run(SMALL);

        assertThat(run.code()).isZero();
        assertThat(run.err())
                .as("what it does, beside the results")
                .containsExactly(
                        "3 runs with the seeds from 1; each injects faults for 3 s (faults: all), then stops and checks"
                                + " that everything works again.",
                        "1 of 3 runs, 0 failed",
                        "2 of 3 runs, 0 failed");
        assertThat(Cli.run(with("--quiet")).err()).isEmpty();
        assertThat(run.out()).contains("All 3 runs passed: every rule held.");
        assertThat(run.out()).anyMatch(line -> line.matches("Simulated [\\d,]+ s in [\\d.]+ s: .* times as fast .*"));
        assertThat(run.out()).anyMatch(line -> line.matches("Hash of all traces, .*: [0-9a-f]{64}"));
    }

    /** Fails if the protocol's messages change, or the decisions of a seed: then run it and insert its output here. */
    @Test
    void printsTheOutputInTheDocumentation() {
        List<String> shown = Page.SIMULATION.outputOf("simulate --seeds 10");

        Cli.Run run = Cli.run("simulate", "--seeds", "10");
        List<String> printed = new ArrayList<>(run.err());
        printed.addAll(run.out());

        assertThat(withoutWallTime(printed)).containsExactlyElementsOf(withoutWallTime(shown));
    }

    /** The device fails each write, as a full disk does. */
    @ParameterizedTest
    @CsvSource({"--chart, full.html", "--record, full.html", "--trace, full.txt"})
    void aFullDiskIsAFailureAndNoWrongUsage(String option, String name) throws IOException {
        Path full = Files.createSymbolicLink(directory.resolve(name), Path.of("/dev/full"));

        Cli.Run run = Cli.run("simulate", "--nodes", "2", "--duration", "1", "-q", option, full.toString());

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).containsExactly("grasp: " + full + " cannot be written: No space left on device");
        Files.delete(full); // otherwise its removal is warned of
    }

    @Test
    void adversariesAreReportedAsInTheDocumentation() {
        List<String> shown = Page.SIMULATION.outputOf("simulate --adversaries 2 --seeds 10");

        Cli.Run run = Cli.run("simulate", "--adversaries", "2", "--seeds", "2", "--duration", "5", "--nodes", "4");

        assertThat(run.code()).isZero();
        assertThat(run.err().get(0).replaceFirst("^2 runs", "10 runs").replace("for 5 s", "for 20 s"))
                .isEqualTo(shown.get(0));
        String attacks =
                "By the adversaries: [\\d,]+ messages and connections, [\\d,]+ messages from forged sources\\.";
        assertThat(run.out()).anyMatch(line -> line.matches(attacks));
        assertThat(shown).anyMatch(line -> line.matches(attacks));
    }

    @Test
    void theNumberOfAdversariesIsBounded() {
        Cli.Run run = Cli.run("simulate", "--adversaries", "17");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).anyMatch(line -> line.contains("--adversaries must be 0 to 16"));
    }

    private static List<String> withoutWallTime(List<String> lines) {
        return lines.stream()
                .map(line -> line.replaceFirst("(Simulated [\\d,]+ s in ).*", "$1"))
                .toList();
    }

    @Test
    void jsonOutputHasALineForEachRunAndASummary() {
        List<JsonNode> lines = Cli.run(with("--json")).json();

        assertThat(lines).hasSize(4);
        for (int i = 0; i < 3; i++) {
            assertThat(lines.get(i).propertyNames())
                    .containsExactly(
                            "seed",
                            "passed",
                            "topology",
                            "faults",
                            "hash",
                            "virtualSeconds",
                            "counts",
                            "violations",
                            "command");
            assertThat(lines.get(i).get("seed").intValue()).isEqualTo(i + 1);
            assertThat(lines.get(i).get("passed").booleanValue()).isTrue();
        }
        JsonNode sum = lines.get(3);
        assertThat(sum.propertyNames())
                .containsExactly("runs", "passed", "failed", "hash", "virtualSeconds", "wallSeconds", "counts");
        assertThat(sum.get("passed").intValue()).isEqualTo(3);
        assertThat(sum.get("failed").intValue()).isZero();
    }

    @Test
    void theSameSeedsGiveTheSameHash() {
        List<JsonNode> lines = Cli.run(with("--json")).json();

        assertThat(Cli.run(with("--json")).json().get(3).get("hash"))
                .isEqualTo(lines.get(3).get("hash"));
        String[] again = (lines.get(2).get("command").asString() + " --json")
                .substring("grasp ".length())
                .split(" ");
        assertThat(Cli.run(again).json().get(0)).isEqualTo(lines.get(2));
        assertThat(Cli.run(with("--json", "--seed", "2")).json().get(3).get("hash"))
                .isNotEqualTo(lines.get(3).get("hash"));
    }

    @ParameterizedTest
    @CsvSource({"run.html, <!DOCTYPE html>", "run.mmd, sequenceDiagram"})
    void writesTheChartAndTheTrace(String name, String begin) throws IOException {
        Path chart = directory.resolve(name);
        Path trace = directory.resolve("trace");

        Cli.Run run = Cli.run(
                "simulate",
                "--topology",
                "chain:3",
                "--duration",
                "2",
                "--chart",
                chart.toString(),
                "--trace",
                "" + trace);

        assertThat(run.code()).isZero();
        assertThat(run.err().get(0)).startsWith("One run with the seed 1;");
        assertThat(Files.readString(chart)).contains(begin).contains("n1");
        assertThat(Files.readAllLines(trace)).hasSizeGreaterThan(10);
    }

    @Test
    void reportsAFailureAndTheCommandThatRepeatsIt() {
        StringWriter text = new StringWriter();
        ChaosConfig config = ChaosConfig.seeded(7)
                .withTopology("ring:3")
                .withFaults(Set.of(Fault.CRASH, Fault.LOSS))
                .withAdversaries(1);
        SimulationReport report = new SimulationReport(new Output(new PrintWriter(text), false), config, 2);
        RandomAsasResult good = result(7, List.of());
        RandomAsasResult bad = result(8, List.of(new Violation("a rule", Duration.ofSeconds(5), "it was broken")));

        report.begin();
        report.add(good);
        report.add(bad);
        report.end();

        assertThat(report.failed()).isEqualTo(1);
        assertThat(text.toString().lines())
                .contains(
                        "Seed 8 failed (ring:3 datagram, faults: crash):",
                        "  a rule: it was broken (noticed at 5.000 s)",
                        "  To repeat it: grasp simulate --seeds 1 --seed 8 --topology ring:3 --adversaries 1 --faults loss,crash"
                                + " --duration 20",
                        "1 of 2 runs failed, 1 passed.");
    }

    private static RandomAsasResult result(long seed, List<Violation> violations) {
        ChaosResult run = new ChaosResult(
                ChaosConfig.seeded(seed),
                "ring:3 datagram",
                Set.of(Fault.CRASH),
                1,
                Optional.empty(),
                "00",
                Duration.ofSeconds(1),
                violations,
                List.of(),
                Optional.empty(),
                Trace.create());
        return new RandomAsasResult(run, ChaosCounts.NONE);
    }

    @Test
    void reportsProgressAfterEachFifthOfTheRuns() {
        StringBuilder text = new StringBuilder();
        SimulationReport report = new SimulationReport(
                new Output(
                        new PrintWriter(Writer.nullWriter()),
                        false,
                        line -> text.append(line).append('\n')),
                ChaosConfig.seeded(1).withTopology("ring:3"),
                1000);

        for (int seed = 1; seed <= 1000; seed++) {
            report.add(result(seed, List.of()));
        }

        assertThat(text.toString().lines())
                .containsExactly(
                        "200 of 1000 runs, 0 failed",
                        "400 of 1000 runs, 0 failed",
                        "600 of 1000 runs, 0 failed",
                        "800 of 1000 runs, 0 failed");
    }

    private static String[] with(String... more) {
        List<String> all = new ArrayList<>(List.of(SMALL));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }
}
