package io.grasp.api;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.TypedObjective;
import reactor.core.publisher.Mono;

/**
 * An ASA that answers synchronization requests for one {@link TypedObjective}, like {@link SynchronizationResponder}.
 *
 * @param <T> the type of the objective's values
 */
public final class TypedSynchronizationResponder<T> {
    private final SynchronizationResponder responder;
    private final TypedObjective<T> objective;

    TypedSynchronizationResponder(SynchronizationResponder responder, TypedObjective<T> objective) {
        this.responder = responder;
        this.objective = objective;
    }

    /**
     * Changes the served value.
     *
     * @param value the value
     * @return completes when it is served; fails with {@link GraspErrorCode#NO_LISTENER} if the listening has ended,
     *     and with {@link GraspErrorCode#CBOR_FAIL} if the codec cannot write the value; then the value before is
     *     still served
     */
    public Mono<Void> update(T value) {
        return Mono.defer(() -> responder.update(objective.encode(value)));
    }

    /**
     * Stops listening (RFC 8991 {@code stop_listen_synchronize}).
     *
     * @return completes when listening has stopped, also if it had stopped before
     */
    public Mono<Void> stop() {
        return responder.stop();
    }
}
