package io.grasp.engine.negotiation;

import io.grasp.model.GraspException;
import io.grasp.model.ObjectiveValue;

/**
 * Told what happens on a raw channel, on the loop. One of {@link #completed} and {@link #failed} comes once, and last.
 */
public interface RawEvents {
    /** The connection is open. Told only to an initiator whose connection was still being opened. */
    void opened();

    /**
     * An item came in. Told only as often as was asked for.
     *
     * @param item the item
     */
    void received(ObjectiveValue item);

    /** One of the two has ended the channel in good order. */
    void completed();

    /**
     * The channel has failed.
     *
     * @param failure why
     */
    void failed(GraspException failure);
}
