package io.grasp.wire;

import io.grasp.cbor.CborItem;
import io.grasp.model.SessionId;
import io.grasp.util.AddressText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** M_INVALID (RFC 8990 section 2.8.12) with optional diagnostic content. */
public record Invalid(SessionId session, @Nullable CborItem content, List<CborItem> extras) implements GraspMessage {
    public Invalid {
        extras = List.copyOf(extras);
    }

    /** A message without unknown elements. */
    public Invalid(SessionId session, @Nullable CborItem content) {
        this(session, content, List.of());
    }

    @Override
    public int type() {
        return MessageType.M_INVALID;
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
