package io.grasp.api;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.GraspException.Origin;
import io.grasp.util.GrowingPauses;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * Exponential backoff with full jitter: each pause is uniformly distributed from zero to a bound that doubles. Unlike
 * Reactor's own backoff, it uses the node's time and random source, so that a simulated run can be repeated. If the
 * node is closed during a pause, the failure is passed on. A failure that is passed on has the first one as a
 * suppressed exception.
 */
final class Backoff extends Retry {
    private static final Set<GraspErrorCode> WORTH_REPEATING = EnumSet.of(
            GraspErrorCode.NO_REPLY,
            GraspErrorCode.NO_DISCOVERY_REPLY,
            GraspErrorCode.NO_NEGOTIATION_REPLY,
            GraspErrorCode.NO_SYNCH_REPLY,
            GraspErrorCode.NOT_FLOODED_NOR_DISCOVERED,
            GraspErrorCode.NO_PEER,
            GraspErrorCode.NO_LISTENER);

    private final int attempts;
    private final GrowingPauses pauses;
    private final Scheduler scheduler;
    private final Scheduler resume;
    private final RandomGenerator random;

    /** @param scheduler the scheduler of the pauses, on which the random source is used */
    Backoff(int attempts, GrowingPauses pauses, Scheduler scheduler, RandomGenerator random) {
        this(attempts, pauses, scheduler, random, scheduler);
    }

    private Backoff(int attempts, GrowingPauses pauses, Scheduler scheduler, RandomGenerator random, Scheduler resume) {
        this.attempts = attempts;
        this.pauses = pauses;
        this.scheduler = scheduler;
        this.random = random;
        this.resume = resume;
    }

    /** {@return the same repetitions, each of which begins on a scheduler} */
    Backoff resumedOn(Scheduler next) {
        return new Backoff(attempts, pauses, scheduler, random, next);
    }

    @Override
    public Publisher<Long> generateCompanion(Flux<RetrySignal> failures) {
        Attempts all = new Attempts();
        Flux<Long> pauses =
                failures.map(RetrySignal::copy).publishOn(scheduler).concatMap(failure -> pause(failure, all));
        return resume == scheduler ? pauses : pauses.publishOn(resume);
    }

    /** The attempts of one subscription. The first failure often has the reason, which the last one only repeats. */
    private static final class Attempts {
        private @Nullable Throwable first;

        void failed(RetrySignal failure) {
            if (failure.totalRetriesInARow() == 0) {
                first = failure.failure();
            }
        }

        /** {@return the last failure, with the first one as a suppressed exception} */
        Throwable given(Throwable last) {
            if (first == null || first == last) {
                return last;
            }
            if (last instanceof GraspException failure) {
                return failure.after(List.of(first));
            }
            if (last.getSuppressed().length == 0) { // may be a constant of the caller, which must not grow
                last.addSuppressed(first);
            }
            return last;
        }
    }

    private Mono<Long> pause(RetrySignal failure, Attempts all) {
        all.failed(failure);
        long repeated = failure.totalRetriesInARow();
        if (repeated >= attempts || !isWorthRepeating(failure.failure())) {
            return Mono.error(all.given(failure.failure()));
        }
        return Mono.delay(pauses.random(repeated + 1, random), scheduler)
                .onErrorMap(cutShort -> all.given(failure.failure()));
    }

    /** Whether another try may help: after no answer, or after a network failure. */
    private static boolean isWorthRepeating(Throwable failure) {
        return failure instanceof GraspException grasp
                && (grasp.origin() == Origin.TRANSPORT || WORTH_REPEATING.contains(grasp.code()));
    }
}
