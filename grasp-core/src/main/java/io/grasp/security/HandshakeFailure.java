package io.grasp.security;

import io.grasp.model.PeerRefusal;
import java.util.Objects;

/**
 * Why a TLS handshake has failed, see {@link HandshakeFailures}.
 *
 * @param reason the reason, by which it is counted
 * @param detail a sentence for the operator, without a final period; it holds no secrets
 */
public record HandshakeFailure(PeerRefusal reason, String detail) {
    /** Checks the components. */
    public HandshakeFailure {
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(detail, "detail");
    }
}
