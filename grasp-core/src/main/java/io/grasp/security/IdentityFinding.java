package io.grasp.security;

import java.util.Objects;

/**
 * What is wrong with a node's own identity.
 *
 * @param check the check that has failed
 * @param sentence what is wrong and what to do, for the operator; it holds no secrets
 */
public record IdentityFinding(Check check, String sentence) {
    /** The checks of a node's own identity, in the order in which one depends on the other (RFC 8994 section 9.1). */
    public enum Check {
        /** The clock is plausible. */
        CLOCK,
        /** Certificate, key and trust anchors are there and can be read. */
        MATERIAL,
        /** The key belongs to the certificate. */
        KEY,
        /** The certificate is valid now, and a path leads from it to a trust anchor. */
        VALIDITY,
        /** Nothing of the path has been revoked. */
        REVOCATION,
        /** The certificate has a well-formed acp-node-name. */
        NODE_NAME,
        /** Keys and signatures are as strong as RFC 8994 section 6.2.1 requires. */
        STRENGTH
    }

    /** Checks the components. */
    public IdentityFinding {
        Objects.requireNonNull(check, "check");
        Objects.requireNonNull(sentence, "sentence");
    }
}
