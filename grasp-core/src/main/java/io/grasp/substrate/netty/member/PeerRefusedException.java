package io.grasp.substrate.netty.member;

import io.grasp.model.PeerRefusal;
import io.grasp.security.HandshakeFailure;
import io.grasp.security.HandshakeFailures;
import java.io.IOException;

/** A connection with a peer was not accepted, or was ended, because one of the two could not be authenticated. */
public final class PeerRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    /** How deep the causes of a failure are followed, which may be a cycle. */
    private static final int MAX_CAUSES = 20;

    private final PeerRefusal reason;

    PeerRefusedException(PeerRefusal reason, String detail) {
        super(detail);
        this.reason = reason;
    }

    /** {@return what a failure of TLS means} */
    static PeerRefusedException of(Throwable failure) {
        Throwable each = failure;
        for (int depth = 0; each != null && depth < MAX_CAUSES; depth++, each = each.getCause()) {
            if (each instanceof ProtocolViolation) {
                return new PeerRefusedException(PeerRefusal.PROTOCOL_VIOLATION, String.valueOf(each.getMessage()));
            }
        }
        HandshakeFailure found = HandshakeFailures.of(failure);
        PeerRefusedException readable = new PeerRefusedException(found.reason(), found.detail());
        readable.initCause(failure);
        return readable;
    }

    /** {@return why} */
    public PeerRefusal reason() {
        return reason;
    }
}
