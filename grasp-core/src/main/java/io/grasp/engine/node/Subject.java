package io.grasp.engine.node;

import io.grasp.model.Objective;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.Negotiate;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.RequestSynchronization;
import io.grasp.wire.Synch;
import org.jspecify.annotations.Nullable;

/** What a message is about. */
public final class Subject {
    private Subject() {}

    /** {@return the message's objective, the first of several, or {@code null} if it has none} */
    public static @Nullable Objective of(GraspMessage message) {
        if (message instanceof Discovery discovery) {
            return discovery.objective();
        }
        if (message instanceof Flood flood) {
            return flood.first();
        }
        if (message instanceof RequestNegotiation request) {
            return request.objective();
        }
        if (message instanceof RequestSynchronization request) {
            return request.objective();
        }
        if (message instanceof Negotiate negotiate) {
            return negotiate.objective();
        }
        return message instanceof Synch synch ? synch.objective() : null;
    }
}
