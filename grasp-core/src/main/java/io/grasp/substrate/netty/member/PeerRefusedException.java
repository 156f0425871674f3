package io.grasp.substrate.netty.member;

import io.grasp.model.PeerRefusal;
import java.io.IOException;

/** A connection with a peer was not accepted, or was ended, because one of the two could not be authenticated. */
public final class PeerRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final PeerRefusal reason;

    PeerRefusedException(PeerRefusal reason, String detail, @SuppressWarnings("NullAway") Throwable cause) {
        super(detail, cause);
        this.reason = reason;
    }

    PeerRefusedException(PeerRefusal reason, String detail) {
        super(detail);
        this.reason = reason;
    }

    /** {@return why} */
    public PeerRefusal reason() {
        return reason;
    }
}
