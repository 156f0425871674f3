package io.grasp.engine.synchronization;

import io.grasp.model.GraspException;
import io.grasp.model.Objective;

/** Told once, on the loop, how a synchronization ended. */
public interface SynchronizationEvents {
    /**
     * The objective with its value has come.
     *
     * @param objective the objective as the peer sent it
     */
    void synchronised(Objective objective);

    /**
     * It has failed.
     *
     * @param failure why
     */
    void failed(GraspException failure);
}
