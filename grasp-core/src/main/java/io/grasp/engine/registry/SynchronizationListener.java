package io.grasp.engine.registry;

import io.grasp.engine.node.Terminable;
import io.grasp.inspection.ObjectiveEntry;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.SessionId;
import io.grasp.model.ValueRequest;
import io.grasp.wire.Synch;
import org.jspecify.annotations.Nullable;

/** Serves the current value of a registered objective. */
public interface SynchronizationListener extends Terminable {
    /** {@return the served value, or {@code null} if there is none yet, or if each request gets a separate one} */
    @Nullable
    ObjectiveValue value();

    /**
     * {@return what an operator sees of it}
     *
     * @param valueBytes up to how many bytes of the value
     */
    ObjectiveEntry.SynchronizationInfo inspect(int valueBytes);

    /** {@return whether requests are answered} */
    boolean isServing();

    /** {@return the value for a request, or {@code null} to refuse it} */
    @Nullable
    ObjectiveValue value(ValueRequest request);

    /** {@return the answer to a request with this Session ID} */
    Synch answer(SessionId session, ObjectiveValue served);

    /** Another listener has replaced this one. */
    void replaced();
}
