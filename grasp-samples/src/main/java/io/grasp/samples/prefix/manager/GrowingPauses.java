package io.grasp.samples.prefix.manager;

import java.time.Duration;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * Random pauses between attempts, which grow while the attempts fail (RFC 9222 section 9): each is between half of a
 * bound and the bound, which doubles from the first one to the longest one.
 */
final class GrowingPauses {
    private final RandomGenerator random;
    private final long firstMillis;
    private final long longestMillis;
    private long boundMillis;

    GrowingPauses(Duration first, Duration longest, RandomGenerator random) {
        this.firstMillis = first.toMillis();
        this.longestMillis = Math.max(longest.toMillis(), firstMillis);
        this.boundMillis = firstMillis;
        this.random = random;
    }

    /** {@return the pause after another failure} */
    Duration next() {
        long pause = boundMillis - random.nextLong(boundMillis / 2 + 1);
        boundMillis = Math.min(2 * boundMillis, longestMillis);
        return Duration.ofMillis(pause);
    }

    /** Begins again with the first pause, after a success. */
    void reset() {
        boundMillis = firstMillis;
    }

    /**
     * Repeats an operation that has failed, after the next pause.
     *
     * @param scheduler what the pauses run on
     * @param isTemporary whether an operation that has failed like this may succeed later; any other failure is
     *     passed on
     */
    Retry retry(Scheduler scheduler, Predicate<Throwable> isTemporary) {
        return Retry.from(failures -> failures.concatMap(
                each -> isTemporary.test(each.failure()) ? Mono.delay(next(), scheduler) : Mono.error(each.failure())));
    }
}
