package io.grasp.engine.extension;

import io.grasp.model.GraspException;
import io.grasp.observe.DropReason;

/**
 * Receives messages of an unassigned type, or options with an unassigned number, on the loop.
 *
 * @param <T> {@link ReceivedExtension} or {@link ReceivedOption}
 */
public interface ExtensionHandler<T> {
    /**
     * A message or option came in.
     *
     * @param received the message or option
     * @return whether the handler has accepted it; if no handler does, it is dropped because of
     *     {@link DropReason#NO_DEMAND}
     */
    boolean received(T received);

    /** The ASA was deregistered or the node was closed: nothing more will come. */
    void stopped();

    /** The node has failed: nothing more will come. */
    default void failed(GraspException failure) {
        stopped();
    }
}
