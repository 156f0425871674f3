package io.grasp.engine.registry;

import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.node.Terminable;
import io.grasp.inspection.ObjectiveEntry;

/** Listens for negotiation requests about a registered objective. */
public interface NegotiationListener extends Terminable {
    /**
     * {@return whether a request would be accepted or queued, and not refused}
     *
     * @param source what is charged for the request
     */
    boolean canTake(TrafficSource source);

    /** {@return what an operator sees of it} */
    ObjectiveEntry.NegotiationListenerInfo inspect();

    /**
     * Accepts no further requests; those that wait are still delivered on demand. Then it ends, and the ASA is
     * notified.
     */
    void drain();

    /** {@return whether requests become raw channels at once, so that they must come on a connection} */
    boolean isRaw();
}
