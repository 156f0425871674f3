package io.grasp.model;

import io.grasp.util.AddressText;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The state of a node's own identity: its certificate, key and trust anchors, and the clock.
 *
 * @param good whether peers may be authenticated with it now
 * @param detail one sentence for the operator: what is wrong and what to do, or a warning; empty if there is nothing to
 *     report. It stays the same as long as its cause does
 * @param nodeName the node's name; {@code null} if no usable certificate is known
 * @param notBefore when the certificate becomes valid; {@code null} as above
 * @param notAfter when it expires; {@code null} as above
 * @param expiry how soon it expires
 */
public record IdentityStatus(
        boolean good,
        String detail,
        @Nullable AcpNodeName nodeName,
        @Nullable Instant notBefore,
        @Nullable Instant notAfter,
        Expiry expiry) {
    /** How much of the certificate's lifetime is left. */
    public enum Expiry {
        /** More than half. */
        FAR,
        /** Half or less: time to renew (RFC 8994 section 6.2.5). */
        RENEW,
        /** A tenth or less. */
        SOON,
        /** Nothing. */
        EXPIRED
    }

    /** Checks the components. */
    public IdentityStatus {
        Objects.requireNonNull(detail, "detail");
        Objects.requireNonNull(expiry, "expiry");
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
