package io.grasp.engine.extension;

import io.grasp.model.ExtensionMessage;
import io.grasp.model.GraspException;

/**
 * Receives, on the loop, a peer's answers to a message of an unassigned type. Either {@link #completed} or
 * {@link #failed} is called once, as the last event.
 */
public interface ExtensionEvents {
    /**
     * The peer has answered.
     *
     * @param answer the answer, with the same Session ID
     */
    void answered(ExtensionMessage answer);

    /** The peer has ended the connection, or the timeout has been reached. */
    void completed();

    /**
     * The exchange has failed.
     *
     * @param failure the failure
     */
    void failed(GraspException failure);
}
