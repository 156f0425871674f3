package io.grasp.substrate.sim;

/**
 * Is notified of what happens on a simulated network, in the order of events: on its loop, or on the thread that
 * changes the network while it does not run. An observer may look at the network, but must not change it.
 */
@FunctionalInterface
public interface SimObserver {
    /**
     * Something happened.
     *
     * @param event what
     */
    void happened(SimEvent event);
}
