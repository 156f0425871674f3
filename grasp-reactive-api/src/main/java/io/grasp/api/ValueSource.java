package io.grasp.api;

import io.grasp.model.ObjectiveValue;
import io.grasp.model.ValueRequest;

/**
 * Provides the value of an objective for each request. See {@link Asa#listenSynchronize(io.grasp.model.Objective,
 * ValueSource)}.
 */
@FunctionalInterface
public interface ValueSource {
    /**
     * Returns the value for a request. Called on the node's loop, so it must not block.
     *
     * @param request the request and the peer that made it
     * @return a value for {@link ObjectiveValue#of}; {@link ObjectiveValue#NONE} refuses the request as if no ASA
     *     listened
     */
    Object value(ValueRequest request);
}
