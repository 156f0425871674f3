package io.grasp.engine.node;

import io.grasp.model.GraspException;

/** What belongs to an ASA and must end with it. */
public interface Terminable {
    /** Ends with an error that says why. */
    void end(GraspException reason);
}
