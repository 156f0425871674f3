package io.grasp.wire;

import io.grasp.cbor.CborItem;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import java.net.InetAddress;
import java.util.List;

/**
 * M_FLOOD (RFC 8990 section 2.8.11): at least one objective, each with its tag.
 *
 * @param session identifies the flood, together with the initiator
 * @param initiator the node that began it
 * @param ttlMillis how long the objectives are valid, 0 to 4294967295; 0 is indefinite
 * @param objectives in their order
 * @param extras elements that are no objectives, such as options of later documents. The RFC has none, so they are taken
 *     to follow the objectives, wherever they stood
 */
public record Flood(
        SessionId session,
        InetAddress initiator,
        long ttlMillis,
        List<TaggedObjective> objectives,
        List<CborItem> extras)
        implements GraspMessage {
    public Flood {
        Uint32.check(ttlMillis, "ttl");
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
