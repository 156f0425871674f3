package io.grasp.substrate.sim;

/** Told what happens on a simulated network. Called on its loop, in the order of events. */
@FunctionalInterface
public interface SimObserver {
    /**
     * Something happened.
     *
     * @param event what
     */
    void happened(SimEvent event);
}
