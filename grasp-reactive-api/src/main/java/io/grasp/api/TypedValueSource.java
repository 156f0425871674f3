package io.grasp.api;

import io.grasp.model.ValueRequest;
import java.util.Optional;

/**
 * Provides the value of a {@link io.grasp.model.TypedObjective} for each request. See
 * {@link TypedAsa#listenSynchronize(TypedValueSource)}.
 *
 * @param <T> the type of the objective's values
 */
@FunctionalInterface
public interface TypedValueSource<T> {
    /**
     * Returns the value for a request. Called on the node's loop, so it must not block.
     *
     * @param request the request and the peer that made it
     * @return the value; empty refuses the request as if no ASA listened
     */
    Optional<T> value(ValueRequest request);
}
