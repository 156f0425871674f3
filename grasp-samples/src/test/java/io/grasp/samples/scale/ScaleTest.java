package io.grasp.samples.scale;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Networks of many nodes: floods and discoveries reach exactly as far as their loop count says. */
class ScaleTest {
    /** The most heap for a started node, with its ASA and its share of the links. */
    private static final long NODE_BYTES = 11_000;

    @ParameterizedTest
    @CsvSource({
        "RANDOM, 2",
        "TREE, 2",
        "POWER_LAW, 2",
        "RANDOM, 100",
        "RANDOM, 10000",
        "TREE, 1000",
        "POWER_LAW, 1000",
    })
    void floodsAndDiscoveriesReachExactlyAsFarAsTheirLoopCount(GraphKind graph, int nodes) {
        verify(ScaleRun.run(graph, nodes, 1));
    }

    private static void verify(ScaleResult result) {
        assertThat(result.isRight()).as(result.toString()).isTrue();
        // Each node relays on all its links except the one on which the flood came; the source sends on all its links.
        double messages = 2.0 * result.links() - result.nodes() + 1;
        assertThat(result.flood().messagesPerLink()).isEqualTo(messages / result.links());
        assertThat(result.flood().mostOnALink()).isLessThanOrEqualTo(2);
        assertThat(result.discovery().responses())
                .isGreaterThanOrEqualTo(result.discovery().distance());
        assertThat(result.drops()).isEmpty();
    }

    @Test
    void theSameSeedGivesTheSameNetwork() {
        ScaleResult one = ScaleRun.run(GraphKind.POWER_LAW, 200, 7);
        ScaleResult other = ScaleRun.run(GraphKind.POWER_LAW, 200, 7);

        assertThat(one.mostLinks()).isEqualTo(other.mostLinks());
        assertThat(one.diameter()).isEqualTo(other.diameter());
        assertThat(one.flood().virtualMillis()).isEqualTo(other.flood().virtualMillis());
        assertThat(one.discovery().messagesPerLink())
                .isEqualTo(other.discovery().messagesPerLink());
    }

    @ParameterizedTest
    @EnumSource
    @Tag("long")
    void aHundredThousandNodesFloodAndDiscover(GraphKind graph) {
        ScaleResult result = ScaleRun.run(graph, 100_000, 1);

        verify(result);
        assertThat(result.heapBytesPerNode()).isLessThan(NODE_BYTES);
    }
}
