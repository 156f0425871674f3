package io.grasp.engine.registry;

import io.grasp.engine.node.Terminable;

/** Listens for negotiation requests about a registered objective. */
public interface NegotiationListener extends Terminable {
    /** {@return whether a request would be taken, or would wait, and not be refused} */
    boolean canTake();

    /** {@return whether requests may become raw channels as they are: those come on a connection only} */
    boolean isRaw();
}
