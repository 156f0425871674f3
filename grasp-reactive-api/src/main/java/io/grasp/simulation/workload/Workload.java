package io.grasp.simulation.workload;

import io.grasp.api.Grasp;
import org.reactivestreams.Publisher;

/**
 * What ASAs do in a simulation that a scenario file describes. The file names the class, which is public and has a
 * public constructor without parameters.
 *
 * <p>There is one object for each entry of the file and each run. It is used by all nodes of the entry, on one thread,
 * so it may hold what they have in common, for example the times at which messages were sent.
 */
@FunctionalInterface
public interface Workload {
    /**
     * Runs on a node that has started, or has started again after a crash. Delays must use the node's scheduler
     * ({@link Grasp#scheduler}), and random decisions {@link WorkloadContext#random}, so that the same seed gives the
     * same run.
     *
     * @param node the node
     * @param context the node's role, the settings in the file, and the results
     * @return the work, which begins with its subscription. Its values are ignored, and an error fails the run. It is
     *     cancelled when the time of the simulation is over, and when the node crashes
     */
    Publisher<?> run(Grasp node, WorkloadContext context);
}
