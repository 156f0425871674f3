package io.grasp.samples.scale;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Networks of many nodes: floods and discoveries reach exactly as far as their loop count says. */
class ScaleTest {
    @ParameterizedTest
    @ValueSource(ints = {2, 100, 1000, 10_000})
    void floodsAndDiscoveriesReachExactlyAsFarAsTheirLoopCount(int nodes) {
        ScaleResult result = ScaleRun.run(nodes, 1);

        assertThat(result.isRight()).as(result.toString()).isTrue();
        // Each node relays on all its links except the one on which the flood came; the source sends on all its links.
        double messages = 2.0 * result.links() - nodes + 1;
        assertThat(result.flood().messagesPerLink()).isEqualTo(messages / result.links());
        assertThat(result.flood().mostOnALink()).isLessThanOrEqualTo(2);
        assertThat(result.discovery().responses()).isEqualTo(result.discovery().distance());
    }

    @Test
    void theSameSeedGivesTheSameNetwork() {
        ScaleResult one = ScaleRun.run(200, 7);
        ScaleResult other = ScaleRun.run(200, 7);

        assertThat(one.diameter()).isEqualTo(other.diameter());
        assertThat(one.flood().virtualMillis()).isEqualTo(other.flood().virtualMillis());
        assertThat(one.discovery().messagesPerLink())
                .isEqualTo(other.discovery().messagesPerLink());
    }
}
