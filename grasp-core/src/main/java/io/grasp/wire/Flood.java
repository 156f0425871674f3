package io.grasp.wire;

import io.grasp.cbor.CborItem;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import java.net.InetAddress;
import java.util.List;

/** M_FLOOD (RFC 8990 section 2.8.11): at least one objective, each with its tag. A ttl of 0 is indefinite. */
public record Flood(
        SessionId session,
        InetAddress initiator,
        long ttlMillis,
        List<TaggedObjective> objectives,
        List<CborItem> extras)
        implements GraspMessage {
    public Flood {
        objectives = List.copyOf(objectives);
        extras = List.copyOf(extras);
    }

    /** A message without unknown elements. */
    public Flood(SessionId session, InetAddress initiator, long ttlMillis, List<TaggedObjective> objectives) {
        this(session, initiator, ttlMillis, objectives, List.of());
    }

    @Override
    public int type() {
        return MessageType.M_FLOOD;
    }
}
