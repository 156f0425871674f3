package io.grasp.engine.discovery;

import io.grasp.model.AsaLocator;
import io.grasp.model.GraspException;

/**
 * Receives the results of a discovery, on the loop. Either {@link #completed} or {@link #failed} is called once, as the
 * last event.
 */
public interface DiscoveryEvents {
    /**
     * A locator that the discovery has not reported yet.
     *
     * @param locator the locator
     */
    void found(AsaLocator locator);

    /**
     * The discovery has ended normally: at its timeout, with enough answers, or because the peer that was asked has
     * ended its connection.
     */
    void completed();

    /**
     * The discovery has failed.
     *
     * @param failure the failure
     */
    void failed(GraspException failure);
}
