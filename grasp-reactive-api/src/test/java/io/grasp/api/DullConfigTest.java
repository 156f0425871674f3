package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DullConfigTest {
    /** Any host can be on its link, and it often runs beside a protected node, in a small process. */
    @Test
    void aDullInstanceNeedsLittleMemoryWhateverItsLinkCarries() {
        GraspConfig dull = GraspConfig.dull("lan", "AN_ACP");

        assertThat(dull.worstCase().heapBytes()).isLessThan(8 << 20);
        assertThat(dull.worstCase().directBytes())
                .isLessThan(GraspConfig.defaults().worstCase().directBytes());
    }
}
