package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.Objective;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SelfTestCommandTest {
    private static final int TESTS = 22;
    private static final int TESTS_WITH_BRIGGS = 12;

    private final Town town = new Town();

    @AfterEach
    void close() {
        town.close();
    }

    @Test
    void twoNodesOfAPerfectLinkPassEachTest() {
        Cli.Run run = Cli.runIn(town, "selftest", "--assume-secure", "--json", "--quiet");

        List<JsonNode> results = run.json();
        assertThat(results).hasSize(TESTS + 1);
        assertThat(results.subList(0, TESTS)).allSatisfy(result -> {
            assertThat(result.get("passed").booleanValue())
                    .as(result.toString())
                    .isTrue();
            assertThat(result.get("remedy").asString()).isEmpty();
        });
        assertThat(results.get(TESTS).toString())
                .isEqualTo("{\"event\":\"summary\",\"against\":\"two nodes on the links of this host\",\"passed\":"
                        + TESTS + ",\"failed\":0}");
        assertThat(run.code()).isZero();
    }

    @Test
    void onALinkThatLosesEverythingTestsFailAndSayWhatToDo() {
        town.loseAllFor(Duration.ofHours(10), town.node());

        Cli.Run run = Cli.runIn(town, "selftest", "--assume-secure");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out())
                .anyMatch(line -> line.startsWith("ok ") && line.contains("is not discovered"))
                .anyMatch(line -> line.matches("FAILED +\\d+ ms +a discoverable objective is discovered: nothing.*"))
                .anyMatch(line -> line.contains("do: messages may be lost"))
                .anyMatch(line -> line.matches("\\d+ of " + TESTS + " tests have failed"));
    }

    @Test
    void aNeighborThatRunsBriggsPasses() {
        town.briggs(town.node(), 1, line -> {}, round -> {});

        Cli.Run run = Cli.runIn(town, "selftest", "--with-briggs", "--assume-secure");

        assertThat(run.out()).filteredOn(line -> !line.startsWith("ok ")).hasSize(1);
        assertThat(run.out())
                .hasSize(TESTS_WITH_BRIGGS + 1)
                .last()
                .isEqualTo("All " + TESTS_WITH_BRIGGS + " tests have passed");
        assertThat(run.code()).isZero();
    }

    @Test
    void aNeighborWithAnotherValueFails() {
        Objective ex2 = Objective.synchronizable("EX2");
        town.await(town.node()
                .registerAsa("other")
                .flatMap(asa -> asa.register(ex2)
                        .then(asa.listenSynchronize(ex2.withValue((Object) "other"))
                                .then())));

        Cli.Run run = Cli.runIn(town, "selftest", "--with-briggs", "--assume-secure", "--json");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.json().get(3).get("detail").asString())
                .isEqualTo("the value is \"other\" instead of [1, \"two\", 3]");
    }

    /** The report of the real loopback interface, with nodes that have certificates. */
    @Test
    void theReportOfTwoNodesOnTheLoopbackInterfaceHasNoAddressIfTheyAreOmitted(@TempDir Path directory)
            throws IOException {
        Path file = directory.resolve("report.json");

        Cli.Run run = Cli.run("selftest", "--report", file.toString(), "--omit-addresses");

        assertThat(run.code()).as(run.toString()).isZero();
        String text = Files.readString(file);
        assertThat(text)
                .doesNotContain("127.0.0.1", "::1", "fe80:", "fda379a6f6ee")
                .contains("ADDRESS");
        JsonNode report = new JsonMapper().readTree(text);
        assertThat(report.propertyNames())
                .containsExactly(
                        "version", "time", "java", "system", "against", "interfaces", "passed", "failed", "results");
        assertThat(report.get("passed").intValue()).isEqualTo(TESTS);
        assertThat(report.get("results")).hasSize(TESTS);
        assertThat(report.get("interfaces")
                        .valueStream()
                        .map(each -> each.get("name").asString()))
                .contains("lo");
    }

    @Test
    void wrongUseIsRefused() {
        assertThat(Cli.run("selftest", "--omit-addresses").code()).isEqualTo(2);
        assertThat(Cli.run("selftest", "--link", "lo").code()).isEqualTo(1);
        Cli.Run unwritable = Cli.runIn(town, "selftest", "--assume-secure", "--report", "/nowhere/report");
        assertThat(unwritable.code()).isEqualTo(1);
        assertThat(unwritable.err()).last().asString().startsWith("grasp: the report cannot be written to /nowhere");
    }
}
