package io.grasp.simulation;

import io.grasp.api.GraspConfig;
import io.grasp.simulation.trace.Trace;
import java.util.List;
import java.util.Objects;

/**
 * The settings of a simulation. Immutable.
 *
 * @param seed determines all random decisions: the same seed and the same calls give the same run
 * @param node the settings of each node, except its substrate and the source of its Session IDs
 * @param invariants the rules that are checked
 * @param keptEvents how many of the latest events the trace keeps, at least 1; its hash covers all
 */
public record SimulationConfig(long seed, GraspConfig node, List<Invariant> invariants, int keptEvents) {
    /** Checks and copies the components. */
    public SimulationConfig {
        Objects.requireNonNull(node, "node");
        invariants = List.copyOf(invariants);
        if (keptEvents < 1) {
            throw new IllegalArgumentException("keptEvents is " + keptEvents + ", must be at least 1");
        }
    }

    /**
     * The default settings: nodes as on a real network, and all of {@link Invariants}.
     *
     * @param seed the seed
     * @return the settings
     */
    public static SimulationConfig seeded(long seed) {
        return new SimulationConfig(seed, GraspConfig.defaults(), Invariants.all(), Trace.DEFAULT_KEPT);
    }

    /**
     * These settings with other settings for each node.
     *
     * @param value the nodes' settings
     * @return the changed settings
     */
    public SimulationConfig withNode(GraspConfig value) {
        return new SimulationConfig(seed, value, invariants, keptEvents);
    }

    /**
     * These settings with other invariants.
     *
     * @param value the invariants
     * @return the changed settings
     */
    public SimulationConfig withInvariants(List<Invariant> value) {
        return new SimulationConfig(seed, node, value, keptEvents);
    }

    /**
     * These settings with another bound for the trace.
     *
     * @param value the number of events that it keeps
     * @return the changed settings
     */
    public SimulationConfig withKeptEvents(int value) {
        return new SimulationConfig(seed, node, invariants, value);
    }
}
