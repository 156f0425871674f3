package io.grasp.samples.ca;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;

/** ACP addresses of the zone addressing sub-scheme, with zone 0 (RFC 8994 section 6.11.3). */
final class AcpAddresses {
    /** Node numbers have 15 bits. */
    static final int MAX_NODE_NUMBER = 0x7FFF;

    /** Of the hash of the routing subdomain. */
    private static final int HASH_BYTES = 5;

    private static final long REGISTRAR_MASK = 0xFFFF_FFFF_FFFFL;

    private AcpAddresses() {}

    /**
     * {@return an address, 32 hexadecimal digits}
     *
     * @param routingSubdomain its hash is in the prefix
     * @param registrar the registrar-ID, 48 bits
     * @param nodeNumber 0 to {@link #MAX_NODE_NUMBER}
     */
    static String zone(String routingSubdomain, long registrar, int nodeNumber) {
        // fd, 40 bits of the hash; type, Z and zone-ID, which are 0; registrar-ID; node-number and the bit V, which is
        // 0 in certificates
        return "fd" + hash(routingSubdomain) + "0000"
                + String.format(Locale.ROOT, "%012x%04x", registrar & REGISTRAR_MASK, nodeNumber << 1);
    }

    private static String hash(String routingSubdomain) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(routingSubdomain.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(Arrays.copyOf(hash, HASH_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
