package io.grasp.util;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private static final long TENTH = TimeUnit.MILLISECONDS.toNanos(100);

    private long now = Long.MAX_VALUE - TENTH; // the time may wrap around
    private final TokenBucket bucket = new TokenBucket(() -> now, 10, 3);

    @Test
    void aBurstIsAllowedAndThenOneEventInEachInterval() {
        for (int left = 3; left > 0; left--) {
            assertThat(bucket.tokens()).isEqualTo(left);
            assertThat(bucket.tryTake()).isTrue();
        }
        assertThat(bucket.tryTake()).isFalse();
        assertThat(bucket.hasToken()).isFalse();
        assertThat(bucket.untilToken()).isEqualTo(TENTH);

        now += TENTH;
        assertThat(bucket.tryTake()).isTrue();
        assertThat(bucket.tryTake()).isFalse();

        now += 3 * TENTH;
        assertThat(bucket.isFull()).isTrue();
        assertThat(bucket.tokens()).isEqualTo(3);
        now += 100 * TENTH;
        assertThat(bucket.tokens()).isEqualTo(3);
    }

    @Test
    void aTokenThatIsTakenInAnyCaseIsMissingLater() {
        IntStream.range(0, 4).forEach(any -> bucket.take());
        assertThat(bucket.untilToken()).isEqualTo(2 * TENTH);
    }

    @Test
    void severalThreadsGetNoMoreThanTheBurst() {
        TokenBucket shared = new TokenBucket(() -> 0, 1, 1000);
        AtomicInteger taken = new AtomicInteger();
        IntStream.range(0, 4000).parallel().forEach(any -> {
            if (shared.tryTake()) {
                taken.incrementAndGet();
            }
        });
        assertThat(taken).hasValue(1000);
    }
}
