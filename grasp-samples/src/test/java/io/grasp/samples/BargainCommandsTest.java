package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Grasp;
import io.grasp.samples.asa.Briggs;
import io.grasp.samples.asa.NegotiationReport;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** {@code gray} and {@code briggs} on a simulated network. */
class BargainCommandsTest {
    private static final String[] FIELDS = {"outcome", "asked", "agreed", "reason", "dryRun", "steps"};
    private static final String WARNING = "grasp: warning: links are assumed to be protected, as --assume-secure says";

    private final Town town = new Town();

    @AfterEach
    void close() {
        town.close();
    }

    @Test
    void grayPrintsEachRoundAsJson() {
        List<NegotiationReport> his = new ArrayList<>();
        town.briggs(town.node(), 1, line -> {}, his::add);

        Cli.Run run = Cli.runIn(town, "gray", "--rounds", "10", "--seed", "1", "--json", "--assume-secure");

        assertThat(run.code()).isZero();
        assertThat(run.err()).containsExactly(WARNING);
        assertThat(run.out()).startsWith("{\"event\":\"ready\",\"command\":\"gray\"}");
        List<JsonNode> lines = run.json().subList(1, run.out().size());
        assertThat(lines).hasSize(10).hasSameSizeAs(his);
        for (int i = 0; i < lines.size(); i++) {
            JsonNode line = lines.get(i);
            assertThat(line.propertyNames()).containsExactly(FIELDS);
            assertThat(line.get("outcome").asString()).isEqualTo(his.get(i).outcome());
            assertThat(line.get("asked").longValue()).isEqualTo(his.get(i).asked());
            assertThat(line.get("dryRun").booleanValue()).isEqualTo(his.get(i).dryRun());
            assertThat(line.get("agreed").isNull()).isEqualTo(his.get(i).agreed() == null);
        }
    }

    @Test
    void grayPrintsItsStepsAsTextAndTheSameSeedAsksForTheSameSum() {
        town.briggs(town.node(), 1, line -> {}, round -> {});

        Cli.Run first = Cli.runIn(town, "gray", "--seed", "5", "--assume-secure");
        Cli.Run second = Cli.runIn(town, "gray", "--seed", "5", "--assume-secure");

        assertThat(first.out().get(0))
                .startsWith("Asking for NZD ")
                .isEqualTo(second.out().get(0));
        assertThat(first.out().get(1)).startsWith("Found a banker at [fd00:");
        assertThat(first.out().get(first.out().size() - 1)).matches("(live|dry run): asked for NZD \\d+, .*");
    }

    @Test
    void grayPrintsFailedRoundsAsJsonAndExitsWith1() {
        Cli.Run run = Cli.runIn(town, "gray", "--rounds", "3", "--pause", "0", "--json", "--assume-secure");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.json().subList(1, run.out().size())).hasSize(3).allSatisfy(line -> {
            assertThat(line.get("outcome").asString()).isEqualTo("failed");
            assertThat(line.get("reason").asString()).isEqualTo("Discovery failed: no peer offers EX3");
        });
    }

    @Test
    void grayExitsWith1IfOneOfItsRoundsFails() {
        Grasp late = town.node();
        Briggs briggs = new Briggs(late.scheduler(), Clock.systemUTC(), new Random(1), line -> {}, round -> {});
        // Later than the last try of the first round's discovery, and before the last round's.
        Mono.delay(Duration.ofSeconds(15), late.scheduler())
                .then(briggs.run(late))
                .subscribe();

        Cli.Run run = Cli.runIn(town, "gray", "--rounds", "3", "--pause", "2000", "--json", "--assume-secure");

        assertThat(run.json().subList(1, run.out().size()))
                .extracting(line -> line.get("outcome").asString())
                .hasSize(3)
                .startsWith("failed");
        assertThat(run.json().get(3).get("outcome").asString()).isNotEqualTo("failed");
        assertThat(run.code()).isEqualTo(1);
    }

    @Test
    void briggsPrintsEachNegotiationAsJson() {
        Grasp home = town.node();
        List<NegotiationReport> hers = new ArrayList<>();
        town.gray(home, 1, 5)
                .delaySubscription(Duration.ofSeconds(1), home.scheduler())
                .subscribe(hers::add);

        Cli.Run run = Cli.runIn(town, "briggs", "--seed", "1", "--json", "--assume-secure");

        assertThat(run.err()).containsExactly(WARNING);
        assertThat(run.out()).startsWith("{\"event\":\"ready\",\"command\":\"briggs\"}");
        List<JsonNode> his = run.json().subList(1, run.out().size());
        assertThat(hers).hasSize(5).noneMatch(NegotiationReport::hasFailed);
        assertThat(his)
                .hasSize(5)
                .allSatisfy(line -> assertThat(line.propertyNames()).containsExactly(FIELDS));
        assertThat(his)
                .extracting(line -> line.get("asked").longValue())
                .isEqualTo(hers.stream().map(NegotiationReport::asked).toList());
    }

    @Test
    void briggsPrintsItsStepsAsText() {
        Grasp home = town.node();
        town.gray(home, 1, 1)
                .delaySubscription(Duration.ofSeconds(1), home.scheduler())
                .subscribe();

        Cli.Run run = Cli.runIn(town, "briggs", "--seed", "1", "--assume-secure");

        assertThat(run.err()).containsExactly(WARNING, Briggs.READY);
        assertThat(run.out().get(0)).matches("Asked for NZD \\d+(, dry run)?; reserves are NZD \\d+");
        assertThat(run.out().get(run.out().size() - 1)).matches("(live|dry run): asked for NZD \\d+, .*");
    }
}
