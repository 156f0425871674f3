package io.grasp.substrate.sim.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.substrate.sim.LinkConditions;
import io.grasp.substrate.sim.LinkKind;
import io.grasp.substrate.sim.SimLink;
import io.grasp.substrate.sim.SimNetwork;
import io.grasp.substrate.sim.SimNode;
import io.grasp.substrate.sim.VirtualLoop;
import io.grasp.substrate.sim.topology.Topology.Edge;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopologyTest {
    @ParameterizedTest
    @CsvSource({
        "chain:8, 8, 7, 7, 1, 2",
        "chain:1, 1, 0, 0, 0, 0",
        "ring:8, 8, 8, 4, 2, 2",
        "ring:7, 7, 7, 3, 2, 2",
        "star:8, 8, 7, 2, 1, 7",
        "star:2, 2, 1, 1, 1, 1",
        "mesh:8, 8, 28, 1, 7, 7",
        "tree:15:2, 15, 14, 6, 1, 3",
        "tree:13:3, 13, 12, 4, 1, 4",
        "powerlaw:4:3, 4, 6, 1, 3, 3",
        "powerlaw:2:1, 2, 1, 1, 1, 1",
        "lan:5, 5, 0, 1, 4, 4",
        "lan:1, 1, 0, 0, 0, 0",
        "'edges:0-1,1-2,2-0', 3, 3, 1, 2, 2",
    })
    void eachKindHasTheExpectedNumbersOfNodesAndEdges(
            String text, int nodes, int edges, int diameter, int least, int greatest) {
        Topology topology = Topology.parse(text, 1);
        assertThat(topology.nodes()).isEqualTo(nodes);
        assertThat(topology.edges()).hasSize(edges).doesNotHaveDuplicates();
        assertThat(topology.isConnected()).isTrue();
        assertThat(topology.diameter()).isEqualTo(diameter);
        int[] degrees = IntStream.range(0, nodes).map(topology::degree).toArray();
        assertThat(IntStream.of(degrees).min().orElseThrow()).isEqualTo(least);
        assertThat(IntStream.of(degrees).max().orElseThrow()).isEqualTo(greatest);
    }

    @Test
    void distancesAreThoseOfTheShortestPaths() {
        assertThat(Topology.chain(5).distances(1)).containsExactly(1, 0, 1, 2, 3);
        assertThat(Topology.ring(6).distances(2)).containsExactly(2, 1, 0, 1, 2, 3);
        assertThat(Topology.star(4).distances(3)).containsExactly(1, 2, 2, 0);
        assertThat(Topology.tree(7, 2).distances(3)).containsExactly(2, 1, 3, 0, 2, 4, 4);
        assertThat(Topology.lan(3).distances(1)).containsExactly(1, 0, 1);
        assertThat(Topology.of(4, List.of(new Edge(0, 1))).distances(0)).containsExactly(0, 1, -1, -1);
        assertThatThrownBy(() -> Topology.lan(3).distances(3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> Topology.chain(3).distances(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aDisconnectedTopologyHasNoDiameter() {
        Topology apart = Topology.of(4, List.of(new Edge(0, 1), new Edge(3, 2)));
        assertThat(apart.isConnected()).isFalse();
        assertThatIllegalStateException().isThrownBy(apart::diameter).withMessageContaining("not connected");
        assertThatIllegalStateException().isThrownBy(apart::diameterAtLeast).withMessageContaining("not connected");
    }

    @ParameterizedTest
    @CsvSource({"2, 1", "100, 4", "100, 1.98", "20, 15", "20, 19", "1000, 6"})
    void aRandomGraphIsConnectedSimpleAndOfItsMeanDegree(int nodes, double degree) {
        Topology topology = Topology.random(nodes, degree, 5);
        assertThat(topology.isConnected()).isTrue();
        assertThat(topology.edges())
                .hasSize((int) Math.rint(nodes * degree / 2))
                .doesNotHaveDuplicates()
                .allMatch(edge -> edge.a() < edge.b());
    }

    @Test
    void aRandomGraphDependsOnItsSeedAlone() {
        assertThat(Topology.random(100, 4, 1).edges())
                .isEqualTo(Topology.parse("random:100:4", 1).edges())
                .isNotEqualTo(Topology.random(100, 4, 2).edges());
        assertThat(Topology.random(6, 2, 3).edges()).hasToString("[0-1, 1-2, 1-3, 1-4, 4-5, 3-4]");
    }

    @Test
    void aLargeRandomGraphHasAnExactDiameter() {
        Topology large = Topology.random(2000, 4, 1);
        int farthest = 0;
        for (int node = 0; node < 2000; node++) {
            farthest =
                    Math.max(farthest, IntStream.of(large.distances(node)).max().orElseThrow());
        }
        assertThat(large.diameter()).isEqualTo(farthest).isBetween(5, 20);
    }

    @ParameterizedTest
    @CsvSource({
        "chain:8",
        "ring:9",
        "star:5",
        "mesh:6",
        "tree:1000:3",
        "lan:4",
        "lan:1",
        "chain:1",
        "random:2000:4",
        "powerlaw:2000:2"
    })
    void theLowerBoundOfTheDiameterIsHardlyLessThanTheDiameter(String text) {
        Topology topology = Topology.parse(text, 1);
        int most = topology.diameter();
        assertThat(topology.diameterAtLeast()).isBetween(text.startsWith("random") ? most - 1 : most, most);
    }

    @Test
    void aPowerLawGraphHasAFewNodesWithManyLinks() {
        Topology topology = Topology.powerLaw(10_000, 2, 5);
        assertThat(topology.isConnected()).isTrue();
        assertThat(topology.edges()).hasSize(3 + 2 * (10_000 - 3)).doesNotHaveDuplicates();
        int[] degrees = IntStream.range(0, 10_000).map(topology::degree).toArray();
        assertThat(IntStream.of(degrees).min().orElseThrow()).isEqualTo(2);
        assertThat(IntStream.of(degrees).max().orElseThrow()).isBetween(100, 1000);
        // The share of nodes with at least k links is about 2 * 3 / (k * (k + 1)), 5.5 % at k = 10.
        assertThat(IntStream.of(degrees).filter(degree -> degree >= 10).count()).isBetween(450L, 650L);
        assertThat(topology.edges())
                .isEqualTo(Topology.powerLaw(10_000, 2, 5).edges())
                .isNotEqualTo(Topology.powerLaw(10_000, 2, 6).edges());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "circle:3 | 'circle' is not one of chain:N",
                "chain | chain takes a number of nodes",
                "chain:1:2 | chain takes a number of nodes",
                "chain:x | 'x' is not a whole number",
                "chain:0 | a chain needs at least 1 nodes, not 0",
                "ring:2 | a ring needs at least 3 nodes, not 2",
                "star:1 | a star needs at least 2 nodes, not 1",
                "mesh:-1 | a mesh needs at least 1 nodes, not -1",
                "lan:0 | a lan needs at least 1 nodes, not 0",
                "tree:5 | tree takes nodes and arity",
                "tree:5:0 | a tree needs an arity of at least 1, not 0",
                "random:10 | random takes nodes and mean degree",
                "random:10:x | 'x' is not a number",
                "random:10:1 | mean degree 1.0 of 10 nodes is not from 1.8 to 9",
                "random:10:10 | mean degree 10.0 of 10 nodes",
                "random:10:NaN | mean degree NaN",
                "random:1:0 | a random graph needs at least 2 nodes",
                "powerlaw:10 | powerlaw takes nodes and links of each new node",
                "powerlaw:1:1 | a power-law graph needs at least 2 nodes, not 1",
                "powerlaw:10:0 | a power-law graph of 10 nodes has 1 to 9 links of each new node, not 0",
                "powerlaw:10:10 | a power-law graph of 10 nodes has 1 to 9 links of each new node, not 10",
                "powerlaw:2000000000:3 | with 3 links of each new node is too large",
                "edges: | '' is not an edge such as 0-1",
                "edges:0-1,2 | '2' is not an edge such as 0-1",
                "edges:0-1,1-0 | edge 1-0 occurs twice",
                "edges:0-0 | edge 0-0 joins a node to itself",
            })
    void impossibleParametersAreRefusedWithAReason(String text, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Topology.parse(text, 1))
                .withMessageContaining(message);
    }

    @Test
    void edgesMustBeBetweenNodes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Topology.of(2, List.of(new Edge(0, 2))))
                .withMessage("edge 0-2 is not between nodes 0 to 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Topology.of(List.of()))
                .withMessageContaining("at least one");
    }

    @Test
    void aTopologyIsBuiltInANetwork() {
        SimNetwork network = SimNetwork.create(new VirtualLoop(), 1);
        SimTopology ring = Topology.ring(3).build(network, LinkKind.DATAGRAM, LinkConditions.PERFECT);
        assertThat(ring.nodes()).map(SimNode::name).containsExactly("n0", "n1", "n2");
        assertThat(ring.links()).map(SimLink::name).containsExactly("n0-n1", "n1-n2", "n2-n0");
        assertThat(ring.links().get(2).nodes()).containsExactly(network.node("n2"), network.node("n0"));
        assertThat(network.links()).isEqualTo(ring.links());
    }

    @Test
    void aLanIsOneLink() {
        SimNetwork network = SimNetwork.create(new VirtualLoop(), 1);
        SimTopology lan = Topology.lan(4).build(network, LinkKind.STREAM, LinkConditions.PERFECT);
        assertThat(lan.links()).singleElement().satisfies(link -> {
            assertThat(link.name()).isEqualTo("lan");
            assertThat(link.nodes()).isEqualTo(lan.nodes());
        });
    }
}
