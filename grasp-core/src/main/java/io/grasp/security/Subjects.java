package io.grasp.security;

import io.grasp.util.PrintableText;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;

/** How a certificate is named in a sentence: its acp-node-name, or its subject. A peer may have chosen either. */
final class Subjects {
    private static final int MAX_LENGTH = 128;

    private Subjects() {}

    static String of(X509Certificate certificate) {
        try {
            String name = NodeNames.text(certificate.getExtensionValue("2.5.29.17"));
            if (name != null) {
                return printable(name);
            }
        } catch (CertificateParsingException malformed) {
            // Then the subject has to do.
        }
        return "\"" + printable(certificate.getSubjectX500Principal().getName()) + "\"";
    }

    static String printable(String text) {
        String line = PrintableText.of(text);
        return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "...";
    }
}
