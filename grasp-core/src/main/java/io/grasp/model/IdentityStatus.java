package io.grasp.model;

import io.grasp.util.AddressText;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The state of a node's own identity: its certificate, key and trust anchors, and the clock.
 *
 * @param good whether peers may be authenticated with it now
 * @param stale whether its files have changed but were not taken, so that the earlier ones are in use; the problems say
 *     why
 * @param problems sentences for the operator: each says what is wrong and what to do, or warns; none if there is
 *     nothing to report. Each stays the same as long as its cause does
 * @param nodeName the node's name; {@code null} if no usable certificate is known
 * @param fingerprint the SHA-256 hash of the certificate, 64 lower-case hexadecimal digits; {@code null} as above
 * @param notBefore when the certificate becomes valid, and all that it depends on; {@code null} as above
 * @param notAfter when it, or one that it depends on, expires; {@code null} as above
 * @param expiry how soon it expires
 */
public record IdentityStatus(
        boolean good,
        boolean stale,
        List<String> problems,
        @Nullable AcpNodeName nodeName,
        @Nullable String fingerprint,
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
        problems = List.copyOf(problems);
        Objects.requireNonNull(expiry, "expiry");
    }

    /** {@return all problems in one line; empty if there is none} */
    public String detail() {
        return String.join("; ", problems);
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
