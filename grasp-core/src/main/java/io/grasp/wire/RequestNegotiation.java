package io.grasp.wire;

import io.grasp.cbor.CborItem;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.util.AddressText;
import java.util.List;

/** M_REQ_NEG (RFC 8990 section 2.8.6). */
public record RequestNegotiation(SessionId session, Objective objective, List<CborItem> extras)
        implements GraspMessage {
    public RequestNegotiation {
        extras = List.copyOf(extras);
    }

    /** A message without unknown elements. */
    public RequestNegotiation(SessionId session, Objective objective) {
        this(session, objective, List.of());
    }

    @Override
    public int type() {
        return MessageType.M_REQ_NEG;
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
