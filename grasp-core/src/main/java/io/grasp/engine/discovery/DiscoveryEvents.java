package io.grasp.engine.discovery;

import io.grasp.model.AsaLocator;
import io.grasp.model.GraspException;

/** Told what a discovery finds, on the loop. One of {@link #completed} and {@link #failed} comes once, and last. */
public interface DiscoveryEvents {
    /**
     * A place that the discovery has not told yet.
     *
     * @param locator where
     */
    void found(AsaLocator locator);

    /** The discovery's time is over. */
    void completed();

    /**
     * The discovery has failed.
     *
     * @param failure why
     */
    void failed(GraspException failure);
}
