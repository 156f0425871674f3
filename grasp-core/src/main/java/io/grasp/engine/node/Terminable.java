package io.grasp.engine.node;

import io.grasp.model.GraspException;

/** Belongs to an ASA and must end with it. */
public interface Terminable {
    /** Ends with an error that states the reason. */
    void end(GraspException reason);
}
