package io.grasp.util;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class GrowingPausesTest {
    private static final GrowingPauses PAUSES = new GrowingPauses(Duration.ofSeconds(1), Duration.ofSeconds(10));

    @Test
    void theBoundDoublesToTheLongestOne() {
        assertThat(LongStream.of(0, 1, 2, 3, 4, 5, Long.MAX_VALUE)
                        .mapToObj(PAUSES::bound)
                        .map(Duration::toSeconds))
                .containsExactly(1L, 1L, 2L, 4L, 8L, 10L, 10L);
    }

    @Test
    void aPauseIsRandomWithinItsBounds() {
        RandomGenerator random = new SplittableRandom(1);
        for (int i = 0; i < 1000; i++) {
            assertThat(PAUSES.random(3, random)).isBetween(Duration.ZERO, Duration.ofSeconds(4));
            assertThat(PAUSES.upperHalf(3, random)).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(4));
        }
        assertThat(PAUSES.random(3, random)).isNotEqualTo(PAUSES.random(3, random));
        assertThat(PAUSES.upperHalf(3, random)).isNotEqualTo(PAUSES.upperHalf(3, random));
    }

    @Test
    void aPauseMustNotBeZeroNorShrink() {
        assertThatThrownBy(() -> new GrowingPauses(Duration.ZERO, Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new GrowingPauses(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("shorter than the first");
    }
}
