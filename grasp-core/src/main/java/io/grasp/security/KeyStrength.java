package io.grasp.security;

import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PSSParameterSpec;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The keys and signatures that RFC 8994 section 6.2.1 permits. The JDK permits weaker ones. */
final class KeyStrength {
    private static final int MIN_RSA_BITS = 2048;
    private static final int MIN_EC_BITS = 256;
    private static final Set<String> HASHES = Set.of("SHA-256", "SHA-384", "SHA-512");
    private static final Set<String> SIGNATURES = Set.of(
            "SHA256WITHRSA", "SHA384WITHRSA", "SHA512WITHRSA", "SHA256WITHECDSA", "SHA384WITHECDSA", "SHA512WITHECDSA");

    private KeyStrength() {}

    /** {@return what is wrong with a key; {@code null} if nothing is} */
    static @Nullable String weakness(PublicKey key) {
        if (key instanceof RSAPublicKey rsa) {
            int bits = rsa.getModulus().bitLength();
            return bits >= MIN_RSA_BITS ? null : "an RSA key of " + bits + " bits, and 2048 are the minimum";
        }
        if (key instanceof ECPublicKey ec) {
            int bits = ec.getParams().getOrder().bitLength();
            return bits >= MIN_EC_BITS ? null : "an EC key of " + bits + " bits, and 256 are the minimum";
        }
        return "a key of type " + Subjects.printable(key.getAlgorithm()) + ", and only RSA and EC are permitted";
    }

    /** {@return what is wrong with the signature on a certificate; {@code null} if nothing is} */
    static @Nullable String weakSignature(X509Certificate certificate) {
        String algorithm = certificate.getSigAlgName();
        if (SIGNATURES.contains(algorithm.toUpperCase(Locale.ROOT))
                || "RSASSA-PSS".equalsIgnoreCase(algorithm)
                        && HASHES.contains(pssHash(certificate.getSigAlgParams()))) {
            return null;
        }
        return "a signature by " + Subjects.printable(algorithm) + ", and SHA-256, SHA-384 and SHA-512 are permitted";
    }

    private static String pssHash(byte @Nullable [] encoded) {
        if (encoded == null) {
            return "SHA-1"; // the default of RFC 4055
        }
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("RSASSA-PSS");
            parameters.init(encoded);
            return parameters.getParameterSpec(PSSParameterSpec.class).getDigestAlgorithm();
        } catch (GeneralSecurityException | IOException unreadable) {
            return "";
        }
    }
}
