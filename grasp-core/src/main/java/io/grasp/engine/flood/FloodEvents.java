package io.grasp.engine.flood;

import io.grasp.engine.fairness.TrafficSource;
import io.grasp.model.FloodedObjective;
import io.grasp.model.GraspException;

/** Receives flooded objectives, on the loop. */
public interface FloodEvents {
    /**
     * An objective was flooded.
     *
     * @param objective the objective, as the flood cache now holds it
     * @param source the neighbor that it came from
     */
    void flooded(FloodedObjective objective, TrafficSource source);

    /** The ASA or the node has gone: there will be no more floods. Not called after a cancel. */
    void stopped();

    /** The node has failed: there will be no more floods. */
    default void failed(GraspException failure) {
        stopped();
    }
}
