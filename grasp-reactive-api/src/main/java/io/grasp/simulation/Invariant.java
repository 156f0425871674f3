package io.grasp.simulation;

import io.grasp.observe.GraspObserver;
import io.grasp.substrate.sim.SimEvent;
import io.grasp.substrate.sim.SimNode;
import java.util.function.Consumer;

/** Something that must hold in every simulation, whatever its seed. {@link Invariants} has the ones of GRASP itself. */
public interface Invariant {
    /** {@return its name, which tells what must hold} */
    String name();

    /**
     * Begins to check it in a simulation that is just being made.
     *
     * @param simulation the simulation
     * @param violated told what was seen, each time it does not hold
     * @return what checks it
     */
    Check begin(Simulation simulation, Consumer<String> violated);

    /** Checks an invariant in one simulation. All methods are called on its loop, and do nothing unless overridden. */
    interface Check {
        /**
         * A node is started, perhaps again after a crash: it has no memory of its former lives.
         *
         * @param node the node
         * @return what is told what the node does, in this life
         */
        default GraspObserver started(SimNode node) {
            return GraspObserver.NONE;
        }

        /**
         * Something happened on the network.
         *
         * @param event what
         */
        default void happened(SimEvent event) {}

        /** Every node that has not crashed was closed, and nothing more will happen. */
        default void ended() {}
    }
}
