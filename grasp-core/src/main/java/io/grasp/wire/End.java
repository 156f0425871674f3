package io.grasp.wire;

import io.grasp.cbor.CborItem;
import io.grasp.model.SessionId;
import io.grasp.util.AddressText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * M_END (RFC 8990 section 2.8.8).
 *
 * @param session the negotiation that it ends
 * @param outcome {@link GraspOption.Accept} or {@link GraspOption.Decline}; as received, it may also be
 *     {@link GraspOption.Unknown} for any other option or one that is not exact, and {@code null} if there is no option
 * @param extras unknown elements that follow
 */
public record End(SessionId session, @Nullable GraspOption outcome, List<CborItem> extras) implements GraspMessage {
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

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
