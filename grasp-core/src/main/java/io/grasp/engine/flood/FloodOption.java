package io.grasp.engine.flood;

import io.grasp.model.ObjectiveValue;

/** An option of a later document that follows the objectives of a flood. */
@FunctionalInterface
public interface FloodOption {
    /** No option. */
    FloodOption NONE = message -> ObjectiveValue.NONE;

    /**
     * Makes the option for a link. Called on the loop, once for each link: what is link-local differs.
     *
     * @param message the encoded flood without the option, which a signature may cover
     * @return the option, an array that begins with an unassigned number; or {@link ObjectiveValue#NONE}. What it
     *     throws is how the flood fails
     */
    ObjectiveValue of(byte[] message);
}
