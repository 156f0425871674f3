package io.grasp.substrate.netty.member;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AcceptanceTest {
    @ParameterizedTest
    @EnumSource(Acceptance.class)
    void theFlagsSayWhetherAndWhyNot(Acceptance acceptance) {
        for (boolean wants : new boolean[] {false, true}) {
            byte flags = Hello.flags(wants, acceptance);
            assertThat(Hello.wants(flags)).isEqualTo(wants);
            assertThat(Acceptance.in(flags)).isEqualTo(acceptance);
        }
    }

    @Test
    void reasonsOfLaterVersionsAreNone() {
        assertThat(Acceptance.in((byte) 0xf0)).isEqualTo(Acceptance.NO);
        assertThat(Acceptance.in((byte) 0xff)).isEqualTo(Acceptance.YES);
    }
}
