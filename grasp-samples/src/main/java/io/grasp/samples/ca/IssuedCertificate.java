package io.grasp.samples.ca;

import java.math.BigInteger;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What an authority has recorded about a certificate.
 *
 * @param name the name by which the user refers to the node
 * @param nodeName the acp-node-name
 * @param serial the serial number, hexadecimal
 * @param notAfter when it expires
 * @param revoked when it was revoked; {@code null} if it was not
 */
public record IssuedCertificate(
        String name,
        String nodeName,
        String serial,
        Instant notAfter,
        @Nullable Instant revoked) {
    private static final int HEX = 16;

    IssuedCertificate withRevoked(Instant at) {
        return new IssuedCertificate(name, nodeName, serial, notAfter, at);
    }

    BigInteger serialNumber() {
        return new BigInteger(serial, HEX);
    }
}
