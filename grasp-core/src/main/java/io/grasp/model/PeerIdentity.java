package io.grasp.model;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What a peer's certificate says of it, once the peer has proved that it has the certificate's key and has passed the
 * membership check (RFC 8994 section 6.2.3).
 *
 * @param nodeName the name in the certificate
 * @param fingerprint the SHA-256 hash of the certificate, 64 lower-case hexadecimal digits
 */
public record PeerIdentity(AcpNodeName nodeName, String fingerprint) {
    private static final Pattern SHA_256 = Pattern.compile("[0-9a-f]{64}");

    /** Checks the components. */
    public PeerIdentity {
        Objects.requireNonNull(nodeName, "nodeName");
        if (!SHA_256.matcher(fingerprint).matches()) {
            throw new IllegalArgumentException("the fingerprint is not 64 lower-case hexadecimal digits");
        }
    }

    /** {@return the node's name} */
    @Override
    public String toString() {
        return nodeName.toString();
    }
}
