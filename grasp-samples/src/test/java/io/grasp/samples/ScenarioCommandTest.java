package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.samples.scenario.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Scenario files on the command line, and the study in docs. */
class ScenarioCommandTest {
    private static final Path STUDY = Project.root().resolve("docs/study");
    private static final String SCENARIO = """
            {
              "title": "A test", "duration": "5s", "topology": "ring:6", "links": {"delay": "5ms"},
              "workloads": [{"name": "f", "run": "flood"}],
              "plots": [{"file": "f.svg", "x": "seed", "y": ["f.share"]}]
            }
            """;

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void writeScenario() throws IOException {
        file = Files.writeString(directory.resolve("ring.json"), SCENARIO);
    }

    @Test
    void simulateWritesTheResultsOfAScenario() throws IOException {
        Cli.Run run = Cli.run("simulate", file.toString(), "--out", directory.toString());

        assertThat(run.err()).singleElement().asString().endsWith("ring.json: 1 run");
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .singleElement()
                .asString()
                .startsWith("Written in ")
                .endsWith("f.svg");
        assertThat(Files.readString(directory.resolve("ring.csv")))
                .startsWith("seed,nodes,links,")
                .hasLineCount(2);
        JsonNode results = JsonMapper.shared().readTree(directory.resolve("ring.results.json"));
        assertThat(results.get("title").stringValue()).isEqualTo("A test");
        assertThat(results.get("runs").get(0).get("f.attempts").intValue()).isEqualTo(25);
        assertThat(directory.resolve("f.svg")).content().startsWith("<svg ");
    }

    @Test
    void withJsonEachRunIsALine() {
        List<JsonNode> lines = Cli.run("simulate", file.toString(), "--json", "--out", directory.toString())
                .json();

        assertThat(lines).hasSize(1);
        assertThat(lines.get(0).get("run").get("f.share").doubleValue()).isEqualTo(1);
    }

    @Test
    void aWrongFileOrOptionIsOneLineAndExitCode2() throws IOException {
        Files.writeString(directory.resolve("wrong.json"), SCENARIO.replace("\"5ms\"", "5"));
        Files.writeString(directory.resolve("late.json"), SCENARIO.replace("f.share", "g.share"));
        Files.write(directory.resolve("bytes.json"), new byte[] {'{', (byte) 0xFF});
        refused("wrong.json: /links/delay: \"5\" is not a duration such as", "simulate", path("wrong.json"));
        refused("late.json: /plots/0/y: the results have no column \"g.share\"", "simulate", "-q", path("late.json"));
        refused("bytes.json is not UTF-8", "simulate", path("bytes.json"));
        refused("none.json does not exist", "simulate", path("none.json"));
        refused("--seeds is not for scenarios", "simulate", path("ring.json"), "--seeds", "3");
        refused("none is not a directory", "simulate", path("ring.json"), "--out", path("none"));
        refused("--out is for scenarios", "simulate", "--out", path("."));
        refused("none is not a directory", "study", path("none"));
        refused("--nodes 1 is not from 2", "study", path("."), "--nodes", "1");
        assertThat(directory.resolve("ring.csv")).doesNotExist();
    }

    private void refused(String problem, String... arguments) {
        Cli.Run run = Cli.run(arguments);
        assertThat(run.code()).as(problem).isEqualTo(2);
        assertThat(run.err()).hasSize(2);
        assertThat(run.err().get(0)).contains(problem);
    }

    private String path(String name) {
        return directory.resolve(name).toString();
    }

    @Test
    void studyWritesAllTablesAndPlots() throws IOException {
        Cli.Run run = Cli.run("study", directory.toString(), "--nodes", "20,40", "--quiet");

        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(each -> each.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "ring.json",
                            "ring.csv",
                            "ring.results.json",
                            "f.svg",
                            "scale.csv",
                            "scale-time.svg",
                            "scale-messages.svg",
                            "scale-reach.svg",
                            "scale-heap.svg",
                            "scale-seconds.svg");
        }
        List<String> table = Files.readAllLines(directory.resolve("scale.csv"));
        assertThat(table).hasSize(7);
        assertThat(table.get(0)).startsWith("graph,nodes,links,");
        assertThat(table.get(2)).startsWith("tree,20,19,4,");
        assertThat(table).allSatisfy(row -> assertThat(row.split(",")).hasSize(20));
    }

    static List<Path> scenariosOfTheStudy() throws IOException {
        try (Stream<Path> files = Files.list(STUDY)) {
            return files.filter(each -> each.toString().endsWith(".json"))
                    .filter(each -> !each.toString().endsWith(".results.json"))
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("scenariosOfTheStudy")
    void eachScenarioOfTheStudyHasItsTableInTheDocumentation(Path scenario) throws IOException {
        Scenario read = Scenario.read(scenario);

        List<String> table = Files.readAllLines(STUDY.resolve(read.name() + ".csv"));
        assertThat(table).as("a header and a row for each run").hasSize(1 + read.runs());
    }
}
