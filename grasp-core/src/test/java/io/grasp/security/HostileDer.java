package io.grasp.security;

import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.SplittableRandom;

/** Encodings, not signed, for which the parsers of the JDK throw what they do not declare. */
final class HostileDer {
    private static final int CONSTRUCTED_OCTET_STRING = 0x24;
    private static final int UTC_TIME = 0x17;
    private static final int DEEP = 60_000;
    private static final byte[] ECDSA_WITH_SHA256 = Der.element(
            Der.SEQUENCE,
            Der.element(Der.OBJECT_IDENTIFIER, new byte[] {0x2A, (byte) 0x86, 0x48, (byte) 0xCE, 0x3D, 4, 3, 2}));
    private static final byte[] SIGNATURE =
            Der.element(Der.BIT_STRING, new byte[] {0, 0x30, 6, Der.INTEGER, 1, 1, Der.INTEGER, 1, 1});

    private HostileDer() {}

    /** {@return a revocation list for which the JDK throws StackOverflowError} */
    static byte[] deepCrl(X509Certificate issuer) {
        byte[] list = Der.element(
                Der.SEQUENCE,
                Der.element(Der.INTEGER, new byte[] {1}),
                ECDSA_WITH_SHA256,
                issuer.getSubjectX500Principal().getEncoded(),
                time("200101000000Z"),
                Der.element(Der.context(0), Der.element(Der.SEQUENCE, deepExtension())));
        return Der.element(Der.SEQUENCE, list, ECDSA_WITH_SHA256, SIGNATURE);
    }

    /** {@return a certificate for which the JDK throws StackOverflowError} */
    static byte[] deepCertificate(X509Certificate issuer) {
        byte[] name = issuer.getSubjectX500Principal().getEncoded();
        byte[] certificate = Der.element(
                Der.SEQUENCE,
                Der.element(Der.context(0), Der.element(Der.INTEGER, new byte[] {2})),
                Der.element(Der.INTEGER, new byte[] {1}),
                ECDSA_WITH_SHA256,
                name,
                Der.element(Der.SEQUENCE, time("200101000000Z"), time("490101000000Z")),
                name,
                issuer.getPublicKey().getEncoded(),
                Der.element(Der.context(3), Der.element(Der.SEQUENCE, deepExtension())));
        return Der.element(Der.SEQUENCE, certificate, ECDSA_WITH_SHA256, SIGNATURE);
    }

    private static byte[] time(String text) {
        return Der.element(UTC_TIME, text.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] deepExtension() {
        return Der.element(Der.SEQUENCE, Der.element(Der.OBJECT_IDENTIFIER, new byte[] {0x2A, 3, 4}), nested());
    }

    /** OCTET STRINGs in each other, written from the innermost outwards. */
    private static byte[] nested() {
        Deque<byte[]> heads = new ArrayDeque<>();
        byte[] innermost = Der.element(Der.OCTET_STRING);
        int length = innermost.length;
        while (length < DEEP) {
            byte[] head = head(length);
            heads.push(head);
            length += head.length;
        }
        byte[] whole = new byte[length];
        int at = 0;
        for (byte[] each : heads) {
            System.arraycopy(each, 0, whole, at, each.length);
            at += each.length;
        }
        System.arraycopy(innermost, 0, whole, at, innermost.length);
        return whole;
    }

    private static byte[] head(int length) {
        byte[] element = Der.element(CONSTRUCTED_OCTET_STRING, new byte[length]);
        return Arrays.copyOf(element, element.length - length);
    }

    /** {@return an OCSP response whose responder has a malformed name; the JDK throws IllegalArgumentException} */
    static byte[] misnamed(byte[] response, X509Certificate responder) {
        byte[] name = responder.getSubjectX500Principal().getEncoded();
        for (int at = 0; at < response.length - name.length; at++) {
            if (Arrays.equals(response, at, at + name.length, name, 0, name.length)) {
                byte[] changed = response.clone();
                changed[at] = Der.OCTET_STRING;
                return changed;
            }
        }
        throw new IllegalArgumentException("the response does not hold the name");
    }

    /** {@return a copy with a few bytes changed, removed or added} */
    static byte[] mutated(byte[] original, SplittableRandom random) {
        byte[] bytes = original;
        for (int count = 1 + random.nextInt(3); count > 0; count--) {
            int at = random.nextInt(bytes.length);
            byte[] next = Arrays.copyOf(bytes, bytes.length + 1);
            switch (random.nextInt(4)) {
                case 0 -> {
                    next = bytes.clone();
                    next[at] = (byte) random.nextInt(256);
                }
                case 1 -> {
                    next = bytes.clone();
                    next[at] ^= (byte) (1 << random.nextInt(8));
                }
                case 2 -> next = Arrays.copyOf(bytes, Math.max(1, at));
                default -> System.arraycopy(bytes, at, next, at + 1, bytes.length - at);
            }
            bytes = next;
        }
        return bytes;
    }
}
