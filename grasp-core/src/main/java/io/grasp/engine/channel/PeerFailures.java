package io.grasp.engine.channel;

import io.grasp.model.AsaLocator;

/** Is notified of locators that turned out to be unusable. */
public interface PeerFailures {
    /** No connection to the peer can be opened. */
    void unreachable(AsaLocator peer);

    /** No ASA there listens for an objective. */
    void notListening(String objective, AsaLocator peer);
}
