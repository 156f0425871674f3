package io.grasp.simulation;

import io.grasp.observe.EngineLoad;
import io.grasp.observe.GraspObserver;
import io.grasp.substrate.sim.SimEvent;
import io.grasp.substrate.sim.SimNetwork;
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
     * @param network its network, still without nodes and links
     * @param violated receives a description of each violation
     * @return the check
     */
    Check begin(SimNetwork network, Consumer<String> violated);

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

        /**
         * A node is about to be closed at the end of the simulation, when all faults have ended.
         *
         * @param node the node
         * @param load its activities in progress
         */
        default void closing(SimNode node, EngineLoad load) {}

        /**
         * A node was closed at the end of the simulation, and nothing is in transit to it.
         *
         * @param node the node
         * @param load what it still holds; {@link EngineLoad#NONE} if nothing is left
         */
        default void closed(SimNode node, EngineLoad load) {}

        /** Every node that has not crashed was closed, and no further event will happen. */
        default void ended() {}
    }
}
