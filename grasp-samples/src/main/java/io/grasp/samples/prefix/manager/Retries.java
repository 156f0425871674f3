package io.grasp.samples.prefix.manager;

import io.grasp.util.GrowingPauses;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * Repeats operations that have failed, after random pauses that grow while they fail (RFC 9222 section 9).
 *
 * @param pauses the bounds of the pauses
 * @param random draws the pauses
 * @param scheduler what the pauses run on
 */
record Retries(GrowingPauses pauses, RandomGenerator random, Scheduler scheduler) {
    /** {@return the pause after a number of failures in a row} */
    Duration pause(long failures) {
        return pauses.upperHalf(failures, random);
    }

    /**
     * {@return the repetition of an operation}
     *
     * @param isTemporary whether an operation that has failed like this may succeed later; any other failure is
     *     passed on
     */
    Retry when(Predicate<Throwable> isTemporary) {
        return Retry.from(failures -> failures.concatMap(each -> isTemporary.test(each.failure())
                ? Mono.delay(pause(each.totalRetriesInARow() + 1), scheduler)
                : Mono.error(each.failure())));
    }
}
