package io.grasp.simulation;

/** What happens in a simulation that {@link SimulationRunner#verify} runs. */
@FunctionalInterface
public interface Scenario {
    /**
     * Builds a network, starts nodes on it and does something with them.
     *
     * @param run steps the simulation
     * @throws Exception if it does not go as it should
     */
    void play(SimulationRunner run) throws Exception;
}
