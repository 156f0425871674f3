package io.grasp.samples.prefix.manager;

import io.grasp.samples.prefix.store.StoreException;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Writes the ends of negotiations. The store may fail, for example while the disk is full; but a peer has already
 * acted, so the end must be written. Until then the entry of the pool stays as it was during the negotiation: no other
 * node gets the prefix, and this one does not use it. If the process ends before, the prefix is in doubt.
 */
final class StoreRetry {
    private final Scheduler scheduler;
    private final Supplier<GrowingPauses> pauses;
    private final PrefixEvent.Listener listener;

    StoreRetry(Scheduler scheduler, Supplier<GrowingPauses> pauses, PrefixEvent.Listener listener) {
        this.scheduler = scheduler;
        this.pauses = pauses;
        this.listener = listener;
    }

    /** {@return completes when an end is on stable storage} It is repeated with pauses while the store fails. */
    Mono<Void> written(Mono<Void> end) {
        return Mono.defer(() ->
                reported(end).retryWhen(pauses.get().retry(scheduler, failure -> failure instanceof StoreException)));
    }

    /** {@return a change of the pool, whose failure is reported if it is one of the store} */
    <T> Mono<T> reported(Mono<T> change) {
        return change.doOnError(
                StoreException.class,
                failure -> listener.event(new PrefixEvent.NotStored(String.valueOf(failure.getMessage()))));
    }
}
