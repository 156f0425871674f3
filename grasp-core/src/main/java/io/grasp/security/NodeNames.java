package io.grasp.security;

import io.grasp.model.AcpNodeName;
import io.grasp.model.PeerRefusal;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the acp-node-name of a certificate (RFC 8994 section 6.2.2.1). It reads the extension itself, because
 * {@link X509Certificate#getSubjectAlternativeNames} returns an otherName in one form on JDK 17 and in another on later
 * ones.
 */
final class NodeNames {
    private static final String SUBJECT_ALT_NAME = "2.5.29.17";
    /** The object identifier 1.3.6.1.5.5.7.8.10: id-on-AcpNodeName. */
    private static final byte[] ACP_NODE_NAME = {0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x08, 0x0A};

    private static final String WHAT_TO_DO = "a member's certificate needs one subjectAltName of type otherName"
            + " 1.3.6.1.5.5.7.8.10 with an acp-node-name (RFC 8994 section 6.2.2): issue it again";

    private NodeNames() {}

    /**
     * {@return the name}
     *
     * @throws MembershipException if there is none, or it is not well-formed
     */
    static AcpNodeName read(X509Certificate certificate) throws MembershipException {
        String text;
        try {
            text = text(certificate.getExtensionValue(SUBJECT_ALT_NAME));
        } catch (CertificateParsingException e) {
            throw new MembershipException(
                    PeerRefusal.NO_NODE_NAME,
                    "the certificate of " + Subjects.of(certificate) + " has a malformed subjectAltName ("
                            + e.getMessage() + "); " + WHAT_TO_DO);
        }
        if (text == null) {
            throw new MembershipException(
                    PeerRefusal.NO_NODE_NAME,
                    "the certificate of " + Subjects.of(certificate) + " has no acp-node-name; " + WHAT_TO_DO);
        }
        try {
            return AcpNodeName.parse(text);
        } catch (IllegalArgumentException malformed) {
            throw new MembershipException(
                    PeerRefusal.NO_NODE_NAME,
                    "the certificate of " + Subjects.of(certificate) + " has the acp-node-name \""
                            + Subjects.printable(text) + "\", which is not well-formed; " + WHAT_TO_DO);
        }
    }

    /**
     * {@return the text of the only acp-node-name, or {@code null} if there is none}
     *
     * @param extension the value of the extension as the JDK returns it: an OCTET STRING; {@code null} if it is absent
     */
    static @Nullable String text(byte @Nullable [] extension) throws CertificateParsingException {
        if (extension == null) {
            return null;
        }
        Der names = Der.of(Der.of(extension).read(Der.OCTET_STRING)).enter(Der.SEQUENCE);
        String found = null;
        while (names.hasMore()) {
            if (!names.isNext(Der.context(0))) {
                names.skip();
                continue;
            }
            Der otherName = names.enter(Der.context(0));
            if (Arrays.equals(otherName.read(Der.OBJECT_IDENTIFIER), ACP_NODE_NAME)) {
                if (found != null) {
                    throw new CertificateParsingException("two acp-node-names");
                }
                Der value = otherName.enter(Der.context(0));
                found = ia5(value.read(Der.IA5_STRING));
                if (value.hasMore() || otherName.hasMore()) {
                    throw new CertificateParsingException("an acp-node-name with more than one value");
                }
            }
        }
        return found;
    }

    private static String ia5(byte[] text) throws CertificateParsingException {
        for (byte each : text) {
            if (each < 0) {
                throw new CertificateParsingException("an IA5String that is not ASCII");
            }
        }
        return new String(text, StandardCharsets.US_ASCII);
    }
}
