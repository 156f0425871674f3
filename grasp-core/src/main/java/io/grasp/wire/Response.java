package io.grasp.wire;

import io.grasp.cbor.CborItem;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** M_RESPONSE (RFC 8990 section 2.8.5): locator or divert options, then perhaps the objective. */
public record Response(
        SessionId session,
        InetAddress initiator,
        long ttlMillis,
        List<GraspOption> options,
        @Nullable Objective objective,
        List<CborItem> extras)
        implements GraspMessage {
    public Response {
        options = List.copyOf(options);
        extras = List.copyOf(extras);
    }

    /** A message without unknown elements. */
    public Response(
            SessionId session,
            InetAddress initiator,
            long ttlMillis,
            List<GraspOption> options,
            @Nullable Objective objective) {
        this(session, initiator, ttlMillis, options, objective, List.of());
    }

    @Override
    public int type() {
        return MessageType.M_RESPONSE;
    }
}
