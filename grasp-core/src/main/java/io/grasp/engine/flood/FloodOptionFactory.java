package io.grasp.engine.flood;

import io.grasp.model.ObjectiveValue;

/** Creates an option of a later document that follows the objectives of a flood. */
@FunctionalInterface
public interface FloodOptionFactory {
    /** No option. */
    FloodOptionFactory NONE = message -> ObjectiveValue.NONE;

    /**
     * Creates the option for a link. Called on the loop, once for each link, because link-local tags differ.
     *
     * @param message the encoded flood without the option, which a signature may cover
     * @return the option, an array that begins with an unassigned number; or {@link ObjectiveValue#NONE}. If it throws,
     *     the flood fails with that exception
     */
    ObjectiveValue of(byte[] message);
}
