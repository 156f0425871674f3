package io.grasp.samples.prefix.manager;

import io.grasp.samples.prefix.store.StoreException;
import reactor.core.publisher.Mono;

/**
 * Writes the ends of negotiations. The store may fail, for example while the disk is full; but a peer has already
 * acted, so the end must be written. Until then the entry of the pool stays as it was during the negotiation: no other
 * node gets the prefix, and this one does not use it. If the process ends before, the prefix is in doubt.
 */
final class StoreRetry {
    private final Retries retries;
    private final PrefixEvent.Listener listener;

    StoreRetry(Retries retries, PrefixEvent.Listener listener) {
        this.retries = retries;
        this.listener = listener;
    }

    /** {@return completes when an end is on stable storage} It is repeated with pauses while the store fails. */
    Mono<Void> written(Mono<Void> end) {
        return reported(end).retryWhen(retries.when(failure -> failure instanceof StoreException));
    }

    /** {@return a change of the pool, whose failure is reported if it is one of the store} */
    <T> Mono<T> reported(Mono<T> change) {
        return change.doOnError(
                StoreException.class,
                failure -> listener.event(new PrefixEvent.NotStored(String.valueOf(failure.getMessage()))));
    }
}
