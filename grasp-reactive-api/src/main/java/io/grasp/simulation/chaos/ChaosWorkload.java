package io.grasp.simulation.chaos;

import io.grasp.api.Grasp;
import io.grasp.simulation.SimulationConfig;
import java.util.Set;
import org.reactivestreams.Publisher;

/**
 * The workload on the nodes of a {@link ChaosRun}: ASAs, their activities, and the rules that must hold for them. Each
 * run needs a new instance. All methods except {@link #configure} and {@link #recovered} are called on the network's
 * loop.
 */
@FunctionalInterface
public interface ChaosWorkload {
    /**
     * Changes the settings of a run before its network is created. By default it changes nothing.
     *
     * @param settings the settings of all nodes, and the invariants: those of GRASP itself and those of the
     *     {@link ChaosConfig}
     * @param faults the faults that this run injects
     * @param random for random settings
     * @return the settings for this run
     */
    default SimulationConfig configure(SimulationConfig settings, Set<Fault> faults, ChaosRandom random) {
        return settings;
    }

    /**
     * Plans the activities of the ASAs, by {@link ChaosRun#at}. It is called once, before the nodes start. By default
     * it does nothing.
     *
     * @param run the run
     */
    default void plan(ChaosRun run) {}

    /**
     * The ASAs of a node. It is called whenever GRASP has started on the node: at the beginning, and again after each
     * crash or close.
     *
     * @param node the node
     * @param grasp GRASP on that node, until it crashes or is closed
     * @return runs the ASAs once subscribed to. It may complete or run for as long as the node does. If it fails while
     *     the node is up, that violates {@link ChaosRun#ASAS_RUN}
     */
    Publisher<?> started(ChaosNode node, Grasp grasp);

    /**
     * Checks that everything works again. It is called when all faults have ended, each node is up, and
     * {@link ChaosConfig#calm()} has passed. Here {@link ChaosRun#runner()} advances time. By default it does nothing.
     *
     * @param run the run
     */
    default void recovered(ChaosRun run) {}
}
