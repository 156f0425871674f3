package io.grasp.wire;

import io.grasp.cbor.CborItem;
import io.grasp.model.SessionId;
import java.util.List;

/** M_END (RFC 8990 section 2.8.8): the outcome is an accept or a decline option; any other found here is kept as it came. */
public record End(SessionId session, GraspOption outcome, List<CborItem> extras) implements GraspMessage {
    public End {
        extras = List.copyOf(extras);
    }

    /** A message without unknown elements. */
    public End(SessionId session, GraspOption outcome) {
        this(session, outcome, List.of());
    }

    @Override
    public int type() {
        return MessageType.M_END;
    }
}
