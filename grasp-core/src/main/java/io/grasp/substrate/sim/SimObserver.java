package io.grasp.substrate.sim;

/**
 * Told what happens on a simulated network, in the order of events: on its loop, or by whoever changes the network
 * while that does not run. It may look at the network, but must not change it.
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
