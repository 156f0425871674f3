package io.grasp.simulation;

import io.grasp.observe.GraspObserver;
import io.grasp.substrate.sim.SimEvent;
import io.grasp.substrate.sim.SimNode;
import java.util.function.Consumer;

/**
 * A rule that must hold in every simulation, whatever its seed. {@link Invariants} contains the rules of GRASP itself.
 */
public interface Invariant {
    /** {@return its name, which says what must hold} */
    String name();

    /**
     * Begins to check the rule in a simulation that is being created.
     *
     * @param simulation the simulation
     * @param violated receives a description of each violation
     * @return the check
     */
    Check begin(Simulation simulation, Consumer<String> violated);

    /** Checks an invariant in one simulation. All methods are called on its loop, and do nothing unless overridden. */
    interface Check {
        /**
         * A node is started, possibly again after a crash, without memory of its earlier runs.
         *
         * @param node the node
         * @return an observer of the node until it stops or crashes
         */
        default GraspObserver started(SimNode node) {
            return GraspObserver.NONE;
        }

        /**
         * An event happened on the network.
         *
         * @param event the event
         */
        default void happened(SimEvent event) {}

        /** Every node that has not crashed was closed, and no further event will happen. */
        default void ended() {}
    }
}
