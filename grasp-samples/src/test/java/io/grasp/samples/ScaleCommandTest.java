package io.grasp.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ScaleCommandTest {
    @Test
    void printsTheReachOfFloodsAsText() {
        Cli.Run run = Cli.run("scale", "--nodes", "40,60", "--graph", "random,tree", "--seed", "3");

        assertThat(run.code()).isZero();
        assertThat(run.out()).anyMatch(line -> line.matches("random: 40 nodes, 80 links, .* diameter at least .*"));
        assertThat(run.out()).anyMatch(line -> line.startsWith("random: 60 nodes, 120 links, "));
        assertThat(run.out()).anyMatch(line -> line.startsWith("tree: 60 nodes, 59 links, at most 4 on a node, "));
        assertThat(run.out())
                .filteredOn(line -> line.contains("flood, loop count"))
                .hasSize(8);
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

    /** In a process of its own, because other tests leave memory that goes during the measurement. */
    @Test
    void aNodeTakesTenKilobytesOfHeap() {
        Processes processes = new Processes();
        try {
            RunningProcess scale = processes.program(
                    List.of(), Main.class, "scale", "--nodes", "5000", "--graph", "random", "--seed", "3", "--json");
            assertThat(scale.exit()).isZero();
            assertThat(scale.theOnlyLine().get("heapBytesPerNode").longValue()).isBetween(5_000L, 11_000L);
        } finally {
            processes.kill();
        }
    }

    @Test
    void anInvalidNumberOfNodesIsRefused() {
        for (String nodes : new String[] {"1", "10000001", "x", "100,-1"}) {
            Cli.Run run = Cli.run("scale", "--nodes", nodes);

            assertThat(run.code()).as(nodes).isEqualTo(2);
            assertThat(run.out()).isEmpty();
            assertThat(run.err()).hasSize(2);
        }
    }

    @Test
    void anUnknownGraphIsRefused() {
        Cli.Run run = Cli.run("scale", "--graph", "random,star");

        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err().get(0)).contains("'star' is not one of random, tree, power-law");
    }

    @Test
    void aNetworkThatDoesNotFitTheHeapIsRefused() {
        Cli.Run run = Cli.run("scale", "--nodes", "10000000");

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().get(0)).contains("10,000,000 nodes need a heap of 120,000 MB, and this JVM has ");
    }
}
