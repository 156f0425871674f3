package io.grasp.engine;

import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.Noop;
import io.grasp.wire.UnknownMessage;

/** Why a message that no state machine wants is dropped. */
final class Drops {
    private Drops() {}

    /** A unicast message on the connection of a session. */
    static DropReason reasonInSession(GraspMessage message) {
        if (message instanceof Noop) {
            return DropReason.NOOP;
        }
        if (message instanceof UnknownMessage) {
            return DropReason.UNKNOWN_TYPE;
        }
        if (message instanceof Discovery || message instanceof Flood) {
            return DropReason.WRONG_PATH;
        }
        return DropReason.OUT_OF_TURN;
    }
}
