package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ScaleCommandTest {
    @Test
    void printsTheReachOfFloodsAsText() {
        Cli.Run run = Cli.run("scale", "--nodes", "40,60", "--seed", "3");

        assertThat(run.code()).isZero();
        assertThat(run.out()).anyMatch(line -> line.startsWith("40 nodes, 80 links, diameter "));
        assertThat(run.out()).anyMatch(line -> line.startsWith("60 nodes, 120 links, diameter "));
        assertThat(run.out())
                .filteredOn(line -> line.contains("flood, loop count"))
                .hasSize(4);
        assertThat(run.out()).noneMatch(line -> line.contains("WRONG"));
    }

    @Test
    void printsOneJsonObjectForEachNetwork() {
        Cli.Run run = Cli.run("scale", "--nodes", "2,40", "--json");

        assertThat(run.code()).isZero();
        assertThat(run.out()).hasSize(2);
        JsonNode pair = JsonMapper.shared().readTree(run.out().get(0));
        assertThat(pair.get("nodes").intValue()).isEqualTo(2);
        assertThat(pair.get("farDiscovery").isNull()).isTrue();
        JsonNode network = JsonMapper.shared().readTree(run.out().get(1));
        assertThat(network.get("flood").get("reached").intValue()).isEqualTo(40);
        assertThat(network.get("farDiscovery").get("found").intValue()).isZero();
        assertThat(network.get("farDiscovery").get("virtualMillis").isNull()).isTrue();
    }

    @Test
    void anInvalidNumberOfNodesIsRefused() {
        for (String nodes : new String[] {"1", "30001", "x", "100,-1"}) {
            Cli.Run run = Cli.run("scale", "--nodes", nodes);

            assertThat(run.code()).as(nodes).isEqualTo(2);
            assertThat(run.out()).isEmpty();
            assertThat(run.err()).hasSize(2);
        }
    }
}
