package io.grasp.api;

import io.grasp.model.ObjectiveValue;

/** Makes an option of a later document, which follows the objectives of a flood. See {@link FloodOptions#withExtension}. */
@FunctionalInterface
public interface FloodExtension {
    /**
     * Makes the option for a link. Called on the node's loop, so it must not block; once for each link, because
     * locators that are valid on a link only differ.
     *
     * @param message the encoded flood without the option, which a signature may cover
     * @return the option, an array that begins with an unassigned number; {@link ObjectiveValue#NONE} for none. What it
     *     throws is how the flood fails
     */
    ObjectiveValue option(byte[] message);
}
