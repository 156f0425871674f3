package io.grasp.samples.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.grasp.samples.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScenarioTest {
    private static final String FLOODS = """
            {
              "duration": "10s", "runs": 2, "topology": "random:12:3",
              "links": {"delay": "5ms", "loss": 0},
              "workloads": [
                {"name": "flood", "run": "flood", "settings": {"sources": 2, "every": "2s"}},
                {"name": "find", "run": "discover", "settings": {"seekers": 3, "every": "3s", "loopCount": 12}},
                {"name": "deal", "run": "negotiate", "settings": {"initiators": 2, "steps": 3, "loopCount": 12, "count": 5}},
                {"name": "get", "run": "synchronize", "settings": {"initiators": 2, "loopCount": 12, "count": 5}}
              ],
              "vary": {"/links/loss": [0, 0.3]},
              "plots": [{"file": "loss.svg", "x": "/links/loss", "y": ["flood.share", "find.share"]}]
            }
            """;

    private static List<Map<String, Object>> run(String json) {
        return ScenarioResults.of(Scenario.parse("test", json), done -> {}).rows();
    }

    @Test
    void withoutLossAllWorkloadsSucceedAndWithLossSomeDoNot() {
        List<Map<String, Object>> rows = run(FLOODS);

        assertThat(rows).hasSize(4);
        for (Map<String, Object> perfect : rows.subList(0, 2)) {
            assertThat(perfect)
                    .containsEntry("/links/loss", 0L)
                    .containsEntry("nodes", 12)
                    .containsEntry("links", 18)
                    .containsEntry("flood.share", 1.0)
                    .containsEntry("flood.floods", 10L)
                    .containsEntry("flood.attempts", 110L)
                    .containsEntry("find.share", 1.0)
                    .containsEntry("deal.share", 1.0)
                    .containsEntry("get.share", 1.0);
            assertThat((Double) perfect.get("flood.delayMillis.max")).isBetween(10.0, 60.0);
            // A flood goes over each link once, and once more over each that is not of its tree.
            assertThat((Double) perfect.get("perLink.M_FLOOD.mean")).isEqualTo(10 * (2.0 * 18 - 12 + 1) / 18);
        }
        assertThat(rows.subList(2, 4))
                .allSatisfy(
                        lossy -> assertThat((Double) lossy.get("flood.share")).isLessThan(1));
        assertThat(rows).extracting(row -> row.get("seed")).containsExactly(1L, 2L, 1L, 2L);
    }

    @Test
    void theSameFileGivesTheSameResults() {
        ScenarioResults one = ScenarioResults.of(Scenario.parse("test", FLOODS), done -> {});
        ScenarioResults other = ScenarioResults.of(Scenario.parse("test", FLOODS), done -> {});

        assertThat(one.csv())
                .isEqualTo(other.csv())
                .startsWith("/links/loss,seed,nodes,links,virtualSeconds,bytesSent,");
        assertThat(one.csv().lines()).hasSize(5);
        assertThat(one.json()).isEqualTo(other.json());
        assertThat(one.plots()).isEqualTo(other.plots()).containsOnlyKeys("loss.svg");
        assertThat(one.plots().get("loss.svg")).contains(">flood.share</text>", ">find.share</text>");
    }

    @Test
    void eventsAndAdversariesHappenAtTheirTimes() {
        Map<String, Object> row = run("""
                        {
                          "duration": "20s", "topology": "chain:4", "links": {"delay": "5ms"},
                          "workloads": [{"name": "f", "run": "flood", "settings": {"every": "1s", "sources": 4}}],
                          "adversaries": [{"name": "evil", "on": ["n0"], "attacks": {"FLOOD_STORM": 10},
                                           "start": "5s", "stop": "10s"}],
                          "events": [{"at": "2s", "for": "2s", "down": "n1-n2"},
                                     {"at": "6s", "for": "2s", "crash": "n3"},
                                     {"at": "10s", "for": "2s", "suspend": "n0"},
                                     {"at": "14s", "for": "2s", "partition": [["n0", "n1"], ["n2"]]},
                                     {"at": "17s", "for": "1s", "conditions": {"loss": 1}}]
                        }
                        """).get(0);

        assertThat((Long) row.get("attacks")).isBetween(40L, 60L);
        assertThat((Double) row.get("f.share")).isBetween(0.4, 0.8);
        assertThat((Long) row.get("f.floods")).isBetween(70L, 80L); // n3 begins again after its crash
    }

    @Test
    void settingsOfNodesApply() {
        String file = """
                {
                  "duration": "5s", "topology": "chain:3",
                  "node": {"relay": {"floodsPerSecond": 1, "floodBurst": 2, "waiting": 0},
                           "limits": {"floodBytes": 100000}, "timeouts": {"operation": "10s"}},
                  "workloads": [{"name": "f", "run": "flood", "nodes": ["n0", "n2"], "settings": {"every": "100ms"}}]
                }
                """;
        Map<String, Object> row = run(file).get(0);

        assertThat((Double) row.get("f.share")).isLessThan(0.3);
        assertThat((Long) row.get("dropped.RELAY_RATE")).isGreaterThan(30);
        assertThat(run(file.replace("\"floodsPerSecond\": 1, \"floodBurst\": 2, \"waiting\": 0", ""))
                        .get(0))
                .containsEntry("f.share", 1.0);
    }

    @Test
    void aClassOnTheClassPathIsAWorkload() {
        String entry = "{\"name\": \"%s\", \"run\": \"io.grasp.samples.scenario.Greeter\", \"nodes\": %s,"
                + " \"settings\": {\"every\": \"250ms\"}}";
        String file = "{\"duration\": \"1s\", \"topology\": \"lan:5\", \"workloads\": [%s]}";
        Map<String, Object> row =
                run(file.formatted(entry.formatted("hello", 3))).get(0);

        assertThat(row).containsEntry("hello.greetings", 12L);
        String twice = entry.formatted("one", "[\"n4\"]") + ", " + entry.formatted("two", "[\"n4\"]");
        assertThatIllegalStateException()
                .isThrownBy(() -> run(file.formatted(twice)))
                .withMessageContaining("seed 1: workload \"two\" on n4 has failed")
                .withMessageContaining("an ASA named greeter is registered");
    }

    @Test
    void theExamplesInTheDocumentationRun() throws IOException {
        String page = Files.readString(Project.root().resolve("docs/scenarios.md"));
        String example = between(page, "```json\n", "```");
        assertThat(run(example)).hasSize(6).allSatisfy(row -> assertThat(row).containsEntry("news.attempts", 190L));
        assertThat(Files.readString(
                        Project.root().resolve("grasp-samples/src/test/java/io/grasp/samples/scenario/Greeter.java")))
                .endsWith(between(page, "```java\n", "```"));
    }

    private static String between(String text, String begin, String end) {
        int from = text.indexOf(begin) + begin.length();
        return text.substring(from, text.indexOf(end, from));
    }

    /** Each edit of a valid file, and the problem that is reported. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"10s\" | 10 | /duration: \"10\" is not a duration such as \"5ms\", \"1.5s\", \"2min\" or \"1h\"",
                "\"10s\" | \"0s\" | duration must be above 0",
                "\"runs\": 2 | \"runs\": 0 | runs must be 1 to 10000",
                "\"runs\": 2 | \"runs\": 1.5 | /runs: must be a whole number",
                "\"runs\": 2 | \"rnus\": 2 | /rnus: unknown field; known ones are adversaries, checkRules, duration",
                "random:12:3 | rondam:12 | /topology: topology 'rondam:12': 'rondam' is not one of chain:N",
                "\"delay\" | \"dealy\" | /links/dealy: unknown field; known ones are bandwidth, corruption, delay",
                "\"loss\": 0 | \"loss\": \"x\" | /links/loss: must be a number",
                "\"loss\": 0 | \"mtu\": 3 | /links: MTU 3 is below 1280",
                "\"find\" | \"flood\" | /workloads/1/name: another workload is called \"flood\"",
                "\"discover\" | \"dicsover\" | /workloads/1/run: \"dicsover\" is neither one of discover, flood, neg",
                "\"discover\" | \"my.Asa\" | /workloads/1/run: there is no class my.Asa on the class path",
                "\"discover\" | \"java.lang.String\" | class java.lang.String does not implement io.grasp.simulation",
                "\"seekers\" | \"sekeers\" | /workloads/1/settings/sekeers: unknown field; known ones are cached, count",
                "\"every\": \"2s\" | \"every\": \"2\" | /workloads/0/settings/every: \"2\" is not a duration",
                "\"sources\": 2 | \"bytes\": 5000 | /workloads/0/settings: bytes must be 0 to 1000",
                "{\"name\": \"find\" | {\"nodes\": 13, \"name\": \"find\" | /workloads/1/nodes: must be 1 to 12",
                "{\"name\": \"find\" | {\"nodes\": [\"n12\"], \"name\": \"find\" | there is no node \"n12\"",
                "{\"name\": \"find\", | { | /workloads/1/name: this field is missing",
                "[0, 0.3] | [0, 3] | /links: loss 3.0 is not from 0 to 1 (with {/links/loss=3})",
                "[0, 0.3] | [] | /vary/~1links~1loss: the list of values is empty",
                "\"/links/loss\": [ | \"/lniks/loss\": [ | /vary/~1lniks~1loss: there is no such place in the file",
                "\"x\": \"/links/loss\" | \"x\": \"loss\" | /plots/0/x: the results have no column \"loss\"; they have",
                "loss.svg | ../loss.svg | /plots/0: file must be a name that ends in .svg, in no directory",
                "\"runs\": 2 | \"events\": [{\"at\": \"1s\"}] | /events/0: an event has exactly one of down, crash",
                "\"runs\": 2 | \"events\": [{\"at\": \"1s\", \"down\": \"x\"}] | /events/0/down: there is no link \"x\"",
                "\"runs\": 2 | \"node\": {\"limits\": {\"x\": 1}} | /node: there is no Limits setting \"x\"",
                "\"runs\": 2 | \"node\": {\"limits\": {\"asas\": 0}} | /node: limit ASAS is 0, must be at least 1",
                "\"runs\": 2 | \"runs\": 2, \"runs\": 2 | line 2, column 39: not JSON: Duplicate",
                "\"workloads\": [ | \"workloads\": | not JSON: ",
            })
    void aFileThatCannotBeUsedIsRefusedWithThePlaceAndTheReason(String valid, String wrong, String problem) {
        assertThat(FLOODS).contains(valid);
        String file = FLOODS.replaceFirst(Pattern.quote(valid), wrong.replace("$", "\\$"));

        assertThatExceptionOfType(ScenarioException.class)
                .isThrownBy(() -> run(file))
                .withMessageContaining(problem)
                .satisfies(refused -> assertThat(refused.getMessage()).hasLineCount(1));
    }
}
