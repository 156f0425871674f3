package io.grasp.engine.node;

import io.grasp.model.SessionId;
import io.grasp.observe.DropReason;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.Noop;
import io.grasp.wire.UnknownMessage;
import org.jspecify.annotations.Nullable;

/** Determines the drop reason of a message that no state machine accepts, or that the substrate drops. */
public final class DropReasons {
    private DropReasons() {}

    /**
     * A message on a connection.
     *
     * @param session the session of the connection, {@code null} if there is none yet
     */
    public static DropReason reason(GraspMessage message, @Nullable SessionId session) {
        if (message instanceof Noop) {
            return DropReason.NOOP;
        }
        if (message instanceof UnknownMessage) {
            return DropReason.UNKNOWN_TYPE;
        }
        if (message instanceof Discovery || message instanceof Flood) {
            return DropReason.WRONG_PATH;
        }
        return session != null && session.equals(message.session()) ? DropReason.OUT_OF_TURN : DropReason.NO_SESSION;
    }

    /** {@return the reason that stands for one of the substrate} */
    public static DropReason reason(SubstrateDrop dropped) {
        return switch (dropped) {
            case MESSAGE_TOO_LONG -> DropReason.MESSAGE_TOO_LONG;
            case TOO_MANY_CONNECTIONS -> DropReason.CONNECTIONS;
            case FEW_DESCRIPTORS -> DropReason.DESCRIPTORS;
            case NOT_SERVED -> DropReason.NOT_SERVED;
            case MALFORMED -> DropReason.MALFORMED;
            case TLS -> DropReason.TLS;
            case WRONG_TYPE -> DropReason.WRONG_PATH;
            case SLOW_NEIGHBOR -> DropReason.SLOW_NEIGHBOR;
            case UNDECRYPTABLE -> DropReason.UNDECRYPTABLE;
        };
    }
}
