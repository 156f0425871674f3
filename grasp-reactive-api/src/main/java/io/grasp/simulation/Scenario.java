package io.grasp.simulation;

/** The actions in a simulation that {@link SimulationRunner#verify} runs. */
@FunctionalInterface
public interface Scenario {
    /**
     * Builds a network, starts nodes on it and uses them.
     *
     * @param run steps the simulation
     * @throws Exception if the scenario fails
     */
    void play(SimulationRunner run) throws Exception;
}
