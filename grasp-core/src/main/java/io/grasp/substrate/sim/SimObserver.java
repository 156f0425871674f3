package io.grasp.substrate.sim;

/**
 * Is notified of the events of a simulated network in order, on its loop, or on the thread that changes the network
 * while it does not run. An observer may read the network's state, but must not change it.
 */
@FunctionalInterface
public interface SimObserver {
    /**
     * An event happened.
     *
     * @param event the event
     */
    void happened(SimEvent event);
}
