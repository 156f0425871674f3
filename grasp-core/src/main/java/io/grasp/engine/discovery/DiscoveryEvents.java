package io.grasp.engine.discovery;

import io.grasp.engine.fairness.TrafficSource;
import io.grasp.model.AsaLocator;
import io.grasp.model.GraspException;

/**
 * Receives the results of a discovery, on the loop. Either {@link #completed} or {@link #failed} is called once, as the
 * last event.
 */
public interface DiscoveryEvents {
    /**
     * A neighbor has named a locator, which has been reported or will be. Called for each neighbor, at each response.
     * Not called for locators of this node's ASAs, and for known ones only if there are several.
     *
     * @param locator the locator
     * @param source the neighbor that is charged for the response
     */
    default void named(AsaLocator locator, TrafficSource source) {}

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
