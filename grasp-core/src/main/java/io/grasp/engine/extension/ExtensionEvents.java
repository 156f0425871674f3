package io.grasp.engine.extension;

import io.grasp.model.ExtensionMessage;
import io.grasp.model.GraspException;

/**
 * Told on the loop what a peer answers to a message of an unassigned type; one of the last two comes once, and last.
 */
public interface ExtensionEvents {
    /**
     * The peer has answered.
     *
     * @param answer with the same Session ID
     */
    void answered(ExtensionMessage answer);

    /** The peer has ended the connection, or the time is over. */
    void completed();

    /**
     * It has failed.
     *
     * @param failure why
     */
    void failed(GraspException failure);
}
