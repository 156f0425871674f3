package io.grasp.wire;

import io.grasp.cbor.CborItem;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.util.AddressText;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * M_RESPONSE (RFC 8990 section 2.8.5).
 *
 * @param session the Session ID of the discovery
 * @param initiator the initiator of the discovery
 * @param ttlMillis how long the locators are valid, 0 to 4294967295; 0 is much longer than GRASP_DEF_TIMEOUT
 * @param options locator and divert options; in a received response also unknown options, or only those
 * @param objective the objective of the discovery, possibly with a value
 * @param extras other elements, as received
 */
public record Response(
        SessionId session,
        InetAddress initiator,
        long ttlMillis,
        List<GraspOption> options,
        @Nullable Objective objective,
        List<CborItem> extras)
        implements GraspMessage {
    public Response {
        Uint32.check(ttlMillis, "ttl");
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

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
