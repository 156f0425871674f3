package io.grasp.api;

import io.grasp.engine.synchronization.SynchronizationListening;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.ObjectiveValue;
import io.grasp.substrate.Loop;
import reactor.core.publisher.Mono;

/**
 * An ASA that answers synchronization requests for one objective (RFC 8991 {@code listen_synchronize}). It ends with
 * {@link #stop}, with its ASA, or when the ASA listens again.
 */
public final class SynchronizationResponder {
    private final Loop loop;
    private final SynchronizationListening listening;

    SynchronizationResponder(Loop loop, SynchronizationListening listening) {
        this.loop = loop;
        this.listening = listening;
    }

    /**
     * Changes the served value.
     *
     * @param value a value for {@link ObjectiveValue#of}
     * @return completes when it is served; fails with {@link GraspErrorCode#NO_LISTENER} if the listening has ended
     */
    public Mono<Void> update(Object value) {
        return LoopFlux.written(loop, value, written -> LoopFlux.run(loop, () -> listening.update(written)));
    }

    /**
     * Stops listening (RFC 8991 {@code stop_listen_synchronize}).
     *
     * @return completes when listening has stopped, also if it had stopped before
     */
    public Mono<Void> stop() {
        return LoopFlux.end(loop, listening::cancel);
    }
}
