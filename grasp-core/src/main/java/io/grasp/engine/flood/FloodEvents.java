package io.grasp.engine.flood;

import io.grasp.model.FloodedObjective;

/** Told what is flooded, on the loop. */
public interface FloodEvents {
    /**
     * An objective was flooded.
     *
     * @param objective the objective, as it stands in the flood cache now
     */
    void flooded(FloodedObjective objective);

    /** The ASA or the node has gone: there will be no more. Not told after a cancel. */
    void stopped();
}
