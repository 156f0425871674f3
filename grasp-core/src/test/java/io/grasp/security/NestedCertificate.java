package io.grasp.security;

import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.jce.provider.X509CertificateObject;

/** A certificate without a valid signature, in which octet strings nest so deeply that parsing it needs much stack. */
@SuppressWarnings("deprecation") // of a class of Bouncy Castle that can be extended
public final class NestedCertificate {
    private static final int CONSTRUCTED_OCTET_STRING = 0x24;
    private static final int UTC_TIME = 0x17;
    private static final int OBJECT_IDENTIFIER = 6;
    private static final int BIT_STRING = 3;

    private NestedCertificate() {}

    /**
     * {@return a certificate for the key of another one} It is not parsed here, because code that has been compiled
     * needs less stack for it.
     *
     * @param size about how long it is, in bytes
     */
    public static X509Certificate of(X509Certificate other, int size) {
        try {
            return new Encoded(Certificate.getInstance(other.getEncoded()), encoded(other, size));
        } catch (CertificateException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A certificate with the encoding of another one. */
    private static final class Encoded extends X509CertificateObject {
        private static final long serialVersionUID = 1L;

        private final byte[] der;

        Encoded(Certificate certificate, byte[] der) throws CertificateException {
            super(certificate);
            this.der = der;
        }

        @Override
        public byte[] getEncoded() {
            return der.clone();
        }
    }

    private static byte[] encoded(X509Certificate other, int size) {
        byte[] algorithm = Der.element(
                Der.SEQUENCE,
                Der.element(OBJECT_IDENTIFIER, new byte[] {0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 4, 3, 2}));
        byte[] name = other.getSubjectX500Principal().getEncoded();
        byte[] validity = Der.element(Der.SEQUENCE, time("200101000000Z"), time("400101000000Z"));
        byte[] extension =
                Der.element(Der.SEQUENCE, Der.element(OBJECT_IDENTIFIER, new byte[] {0x2a, 3, 4}), nested(size));
        byte[] content = Der.element(
                Der.SEQUENCE,
                Der.element(Der.context(0), Der.element(Der.INTEGER, new byte[] {2})),
                Der.element(Der.INTEGER, new byte[] {5}),
                algorithm,
                name,
                validity,
                name,
                other.getPublicKey().getEncoded(),
                Der.element(Der.context(3), Der.element(Der.SEQUENCE, extension)));
        byte[] signature = Der.element(BIT_STRING, new byte[] {0, 0x30, 6, 2, 1, 1, 2, 1, 1});
        return Der.element(Der.SEQUENCE, content, algorithm, signature);
    }

    private static byte[] time(String text) {
        return Der.element(UTC_TIME, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Written from the inside, backwards. */
    private static byte[] nested(int size) {
        byte[] buffer = new byte[size];
        int start = size - 2;
        buffer[start] = Der.OCTET_STRING; // and its length, 0
        while (start >= 4) {
            int length = size - start;
            if (length >= 256) {
                buffer[--start] = (byte) length;
                buffer[--start] = (byte) (length >> 8);
                buffer[--start] = (byte) 0x82;
            } else if (length >= 128) {
                buffer[--start] = (byte) length;
                buffer[--start] = (byte) 0x81;
            } else {
                buffer[--start] = (byte) length;
            }
            buffer[--start] = CONSTRUCTED_OCTET_STRING;
        }
        return Arrays.copyOfRange(buffer, start, size);
    }
}
