package io.grasp.model;

import java.util.Objects;

/**
 * What a peer's certificate says of it, once the peer has proved that it has the certificate's key and has passed the
 * membership check (RFC 8994 section 6.2.3).
 *
 * @param nodeName the name in the certificate
 * @param fingerprint the SHA-256 hash of the certificate, 64 lower-case hexadecimal digits
 */
public record PeerIdentity(AcpNodeName nodeName, String fingerprint) {
    public PeerIdentity {
        Objects.requireNonNull(nodeName, "nodeName");
        Objects.requireNonNull(fingerprint, "fingerprint");
    }
}
