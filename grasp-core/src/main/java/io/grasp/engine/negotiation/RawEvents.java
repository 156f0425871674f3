package io.grasp.engine.negotiation;

import io.grasp.model.GraspException;
import io.grasp.model.ObjectiveValue;

/**
 * Receives the events of a raw channel, on the loop. Either {@link #completed} or {@link #failed} is called once, as
 * the last event.
 */
public interface RawEvents {
    /** The connection is open. Called only for an initiator whose connection was still being opened. */
    void opened();

    /**
     * An item came in. Called only as often as there is demand.
     *
     * @param item the item
     */
    void received(ObjectiveValue item);

    /** One side has ended the channel normally. */
    void completed();

    /**
     * The channel has failed.
     *
     * @param failure the failure
     */
    void failed(GraspException failure);
}
