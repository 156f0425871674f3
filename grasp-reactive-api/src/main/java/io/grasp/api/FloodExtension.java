package io.grasp.api;

import io.grasp.model.ObjectiveValue;

/**
 * Creates an option of a later document, which follows the objectives of a flood. See
 * {@link FloodOptions#withExtension}.
 */
@FunctionalInterface
public interface FloodExtension {
    /**
     * Creates the option for a link. Called on the node's loop, so it must not block; called once for each link,
     * because link-local locators differ.
     *
     * @param message the encoded flood without the option, which a signature may cover
     * @return the option, an array that begins with an unassigned number; {@link ObjectiveValue#NONE} for none. If it
     *     throws, the flood fails with that exception
     */
    ObjectiveValue option(byte[] message);
}
