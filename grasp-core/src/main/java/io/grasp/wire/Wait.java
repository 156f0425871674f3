package io.grasp.wire;

import io.grasp.cbor.CborItem;
import io.grasp.model.SessionId;
import java.util.List;

/** M_WAIT (RFC 8990 section 2.8.9): asks the peer to wait the given time from now, 0 to 4294967295 ms. */
public record Wait(SessionId session, long waitMillis, List<CborItem> extras) implements GraspMessage {
    public Wait {
        Uint32.check(waitMillis, "waiting time");
        extras = List.copyOf(extras);
    }

    /** A message without unknown elements. */
    public Wait(SessionId session, long waitMillis) {
        this(session, waitMillis, List.of());
    }

    @Override
    public int type() {
        return MessageType.M_WAIT;
    }
}
