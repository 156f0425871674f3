package io.grasp.samples.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The rate of data, at virtual time. */
class RateLimitTest {
    private static final int CHUNK = 16 << 10;
    private static final long RATE = 64 << 10;

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final RateLimit limit = new RateLimit(RATE, time);
    private final List<Long> passed = new ArrayList<>();

    private Disposable pass(int chunks) {
        return Flux.range(0, chunks)
                .concatMap(i -> limit.pass(CHUNK, i), 1)
                .subscribe(i -> passed.add(time.now(TimeUnit.MILLISECONDS)));
    }

    @Test
    void dataPassesAtTheRateWithoutABurstAfterAPause() {
        pass(9);
        time.advanceTimeBy(Duration.ofHours(1));
        assertThat(passed).containsExactly(0L, 250L, 500L, 750L, 1000L, 1250L, 1500L, 1750L, 2000L);

        passed.clear();
        pass(3);
        time.advanceTimeBy(Duration.ofHours(1));
        long begun = Duration.ofHours(1).toMillis();
        assertThat(passed).containsExactly(begun, begun + 250, begun + 500);
    }

    @Test
    void transfersShareTheRateEvenly() {
        List<Integer> order = new ArrayList<>();
        for (int transfer = 0; transfer < 2; transfer++) {
            int number = transfer;
            Flux.range(0, 100).concatMap(i -> limit.pass(CHUNK, i), 1).subscribe(i -> order.add(number));
        }
        time.advanceTimeBy(Duration.ofMillis(9_999));
        assertThat(order).hasSize(40);
        assertThat(order).filteredOn(each -> each == 0).hasSizeBetween(19, 21);
    }

    @Test
    void aCancelledTransferDoesNotHoldUpTheOthersForLongerThanItsData() {
        Disposable cancelled = pass(100);
        cancelled.dispose();
        passed.clear();
        pass(2);
        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(passed).containsExactly(500L, 750L);
    }

    @Test
    void withoutALimitDataPassesAtOnce() {
        List<String> all = Flux.range(0, 1000)
                .concatMap(i -> new RateLimit(TransferLimits.UNLIMITED, time).pass(Long.MAX_VALUE, "x"))
                .collectList()
                .block();
        assertThat(all).hasSize(1000);
        assertThat(Mono.from(limit.pass(0, "empty")).block()).isEqualTo("empty");
    }
}
