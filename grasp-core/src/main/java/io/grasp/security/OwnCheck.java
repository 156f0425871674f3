package io.grasp.security;

import io.grasp.model.AcpNodeName;
import io.grasp.model.PeerRefusal;
import io.grasp.security.IdentityFinding.Check;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.ProviderException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known about a node's own credentials apart from time and revocation (RFC 8994 section 9.1).
 *
 * @param credentials the credentials
 * @param nodeName the name; {@code null} if there is no well-formed one
 * @param ownPaths the paths to trust anchors; none if there are none
 * @param findings what is wrong
 * @param paths the valid paths to its trust anchors, as far as they are known
 */
record OwnCheck(
        Credentials credentials,
        @Nullable AcpNodeName nodeName,
        List<PathCheck> ownPaths,
        List<IdentityFinding> findings,
        ValidPaths paths) {
    static OwnCheck of(Credentials credentials) {
        List<IdentityFinding> findings = new ArrayList<>();
        String wrongKey = wrongKey(credentials);
        if (wrongKey != null) {
            findings.add(new IdentityFinding(Check.KEY, wrongKey));
        }
        ValidPaths paths = new ValidPaths(credentials.anchors());
        List<PathCheck> ownPaths = List.of();
        try {
            ownPaths = paths.of(credentials.chain());
        } catch (MembershipException e) {
            findings.add(new IdentityFinding(
                    e.reason() == PeerRefusal.WEAK_KEY ? Check.STRENGTH : Check.VALIDITY,
                    String.valueOf(e.getMessage())));
        }
        AcpNodeName name = null;
        try {
            name = NodeNames.read(credentials.certificate());
        } catch (MembershipException e) {
            findings.add(new IdentityFinding(Check.NODE_NAME, String.valueOf(e.getMessage())));
        }
        return new OwnCheck(credentials, name, ownPaths, List.copyOf(findings), paths);
    }

    private static @Nullable String wrongKey(Credentials credentials) {
        PublicKey certified = credentials.certificate().getPublicKey();
        String type = certified.getAlgorithm();
        String algorithm = "SHA256with" + (type.equals("EC") ? "ECDSA" : type);
        byte[] text = "io.grasp.security".getBytes(StandardCharsets.US_ASCII);
        boolean fits;
        boolean proved = true;
        try {
            Signature signer = Signature.getInstance(algorithm);
            signer.initSign(credentials.key());
            signer.update(text);
            byte[] signed = signer.sign();
            Signature verifier = Signature.getInstance(algorithm);
            verifier.initVerify(certified);
            verifier.update(text);
            fits = verifier.verify(signed);
        } catch (GeneralSecurityException | ProviderException unsupported) {
            fits = false;
            proved = areOfDifferentKinds(credentials.key(), certified);
        }
        if (fits) {
            return null;
        }
        String subject = Subjects.of(credentials.certificate());
        if (proved) {
            return "the key does not belong to the certificate of " + subject
                    + ": use the key that the certificate was requested with, and write both files together";
        }
        String weakness = KeyStrength.weakness(certified);
        return "the certificate of " + subject + " has "
                + (weakness == null ? "a key of type " + Subjects.printable(type) : weakness)
                + ", and this node cannot sign with such a key: request a certificate with an EC key (P-256, P-384 or"
                + " P-521) or an RSA key of 2048 bits or more (RFC 8994 section 6.2.1)";
    }

    /** {@return whether two keys cannot be a pair, which is seen without a signature} */
    private static boolean areOfDifferentKinds(PrivateKey key, PublicKey certified) {
        if (key instanceof RSAKey one && certified instanceof RSAKey other) {
            return !one.getModulus().equals(other.getModulus());
        }
        if (key instanceof ECKey one && certified instanceof ECKey other) {
            return !one.getParams().getOrder().equals(other.getParams().getOrder());
        }
        return !key.getAlgorithm().equals(certified.getAlgorithm());
    }

    /**
     * {@return the path to a trust anchor, one that is valid at a time if there is any; {@code null} without a path}
     */
    @Nullable
    PathCheck path(Instant now) {
        return ownPaths.isEmpty() ? null : PathCheck.best(ownPaths, now);
    }

    /** {@return when the certificate becomes valid, by a path} */
    Instant notBefore(@Nullable PathCheck path) {
        return path == null ? credentials.certificate().getNotBefore().toInstant() : path.notBefore();
    }

    /** {@return when it, or one that it depends on by a path, expires} */
    Instant notAfter(@Nullable PathCheck path) {
        return path == null ? credentials.certificate().getNotAfter().toInstant() : path.notAfter();
    }
}
