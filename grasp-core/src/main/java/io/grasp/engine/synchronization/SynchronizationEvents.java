package io.grasp.engine.synchronization;

import io.grasp.model.GraspException;
import io.grasp.model.Objective;

/** Receives the result of a synchronization, once, on the loop. */
public interface SynchronizationEvents {
    /**
     * The value has arrived.
     *
     * @param objective the objective as the peer sent it
     */
    void synchronised(Objective objective);

    /**
     * The synchronization has failed.
     *
     * @param failure the failure
     */
    void failed(GraspException failure);
}
