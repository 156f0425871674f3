package io.grasp.security;

import io.grasp.model.PeerRefusal;
import java.security.cert.CertificateException;

/** A peer has not passed the membership check (RFC 8994 section 6.2.3). */
public final class MembershipException extends CertificateException {
    private static final long serialVersionUID = 1L;

    /** The reason. */
    private final PeerRefusal reason;

    /**
     * A failed check.
     *
     * @param reason the rule that the peer does not fulfil
     * @param detail one sentence for the operator, without a final period
     */
    public MembershipException(PeerRefusal reason, String detail) {
        super(detail);
        this.reason = reason;
    }

    /** {@return the rule that the peer does not fulfil} */
    public PeerRefusal reason() {
        return reason;
    }
}
