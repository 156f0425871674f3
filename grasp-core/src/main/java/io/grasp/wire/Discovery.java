package io.grasp.wire;

import io.grasp.cbor.CborItem;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.util.AddressText;
import java.net.InetAddress;
import java.util.List;

/** M_DISCOVERY (RFC 8990 section 2.8.4). Unknown trailing elements are kept as extras. */
public record Discovery(SessionId session, InetAddress initiator, Objective objective, List<CborItem> extras)
        implements GraspMessage {
    public Discovery {
        extras = List.copyOf(extras);
    }

    /** A message without unknown elements. */
    public Discovery(SessionId session, InetAddress initiator, Objective objective) {
        this(session, initiator, objective, List.of());
    }

    @Override
    public int type() {
        return MessageType.M_DISCOVERY;
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
