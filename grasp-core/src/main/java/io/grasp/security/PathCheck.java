package io.grasp.security;

import io.grasp.model.PeerRefusal;
import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXCertPathValidatorResult;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * Rule 2 of the membership check (RFC 8994 section 6.2.3): a path leads from a certificate to one of our trust anchors,
 * by keys and signatures that section 6.2.1 permits.
 *
 * <p>It calls the {@code CertPathValidator} itself: the trust managers of the JDK also require the extended key usages
 * of web servers and clients, which members need not have.
 *
 * @param path the certificates, the member's own first, without the trust anchor
 * @param anchor the certificate of the trust anchor
 */
record PathCheck(List<X509Certificate> path, X509Certificate anchor) {
    private static final String SAME_ANCHORS =
            ": if that node is to be a member, give both nodes the same trust anchors and the node its"
                    + " intermediate certificates";
    private static final String RULE = " (RFC 8994 section 6.2.3, rule 2)";
    private static final String WEAK =
            " (RFC 8994 section 6.2.1): the certificate must be issued again with a stronger key or signature";

    /**
     * {@return the path to a trust anchor, which is valid at some time}
     *
     * @param chain the certificates as a peer has sent them, its own first
     */
    static PathCheck of(List<X509Certificate> chain, Collection<X509Certificate> anchors) throws MembershipException {
        MembershipException first = null;
        for (List<X509Certificate> candidate : candidates(chain, anchors)) {
            try {
                PathCheck valid = validate(candidate, anchors);
                valid.requireStrength();
                return valid;
            } catch (MembershipException e) {
                first = first == null ? e : first;
            }
        }
        throw first == null ? unknownIssuer(chain) : first;
    }

    private static MembershipException unknownIssuer(List<X509Certificate> chain) {
        X509Certificate last = chain.get(chain.size() - 1);
        return new MembershipException(
                PeerRefusal.UNTRUSTED,
                "no path leads from the certificate of " + Subjects.of(chain.get(0))
                        + " to a trust anchor of this node; the last issuer named is \""
                        + Subjects.printable(last.getIssuerX500Principal().getName()) + "\"" + RULE
                        + SAME_ANCHORS);
    }

    /** Paths by name, the shortest first. Peers may send their certificates in any order, and their anchor too. */
    private static List<List<X509Certificate>> candidates(
            List<X509Certificate> chain, Collection<X509Certificate> anchors) {
        Set<X500Principal> names = new HashSet<>();
        anchors.forEach(anchor -> names.add(anchor.getSubjectX500Principal()));
        List<List<X509Certificate>> candidates = new ArrayList<>();
        List<X509Certificate> path = new ArrayList<>();
        X509Certificate current = chain.get(0);
        while (current != null) {
            path.add(current);
            if (names.contains(current.getIssuerX500Principal())) {
                candidates.add(List.copyOf(path));
            }
            current = issuer(current, chain, path);
        }
        return candidates;
    }

    private static @Nullable X509Certificate issuer(
            X509Certificate issued, List<X509Certificate> chain, List<X509Certificate> used) {
        for (X509Certificate each : chain) {
            if (each.getSubjectX500Principal().equals(issued.getIssuerX500Principal()) && !used.contains(each)) {
                return each;
            }
        }
        return null;
    }

    private static PathCheck validate(List<X509Certificate> path, Collection<X509Certificate> anchors)
            throws MembershipException {
        Set<TrustAnchor> trusted = new HashSet<>();
        anchors.forEach(anchor -> trusted.add(new TrustAnchor(anchor, null)));
        try {
            PKIXParameters parameters = new PKIXParameters(trusted);
            parameters.setRevocationEnabled(false); // rule 3, see Revocation
            parameters.setDate(Date.from(notBefore(path)));
            CertPath certificates = CertificateFactory.getInstance("X.509").generateCertPath(path);
            PKIXCertPathValidatorResult result = (PKIXCertPathValidatorResult)
                    CertPathValidator.getInstance("PKIX").validate(certificates, parameters);
            return new PathCheck(path, result.getTrustAnchor().getTrustedCert());
        } catch (CertPathValidatorException e) {
            throw refused(path, e);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new MembershipException(
                    PeerRefusal.UNTRUSTED,
                    "the certificate of " + Subjects.of(path.get(0)) + " cannot be checked: "
                            + Subjects.printable(String.valueOf(e.getMessage())));
        }
    }

    private static MembershipException refused(List<X509Certificate> path, CertPathValidatorException e) {
        X509Certificate at = path.get(Math.max(e.getIndex(), 0));
        String subject = Subjects.of(at);
        MembershipException refused;
        if (e.getReason() == BasicReason.EXPIRED || e.getReason() == BasicReason.NOT_YET_VALID) {
            refused = new MembershipException(
                    PeerRefusal.EXPIRED,
                    "the path of " + Subjects.of(path.get(0)) + " is never valid, because the certificate of "
                            + subject + " and those that it was issued with have no time in common" + RULE
                            + ": it must be issued again");
        } else if (e.getReason() == BasicReason.ALGORITHM_CONSTRAINED) {
            refused = new MembershipException(
                    PeerRefusal.WEAK_KEY,
                    "the certificate of " + subject + " has a key or a signature that the JDK does not permit" + WEAK);
        } else {
            refused = new MembershipException(
                    PeerRefusal.UNTRUSTED,
                    "the certificate of " + subject + " was not issued by a trust anchor of this node: "
                            + Subjects.printable(String.valueOf(e.getMessage())) + RULE + SAME_ANCHORS);
        }
        refused.initCause(e);
        return refused;
    }

    private void requireStrength() throws MembershipException {
        for (X509Certificate each : path) {
            String wrong = KeyStrength.weakness(each.getPublicKey());
            wrong = wrong == null ? KeyStrength.weakSignature(each) : wrong;
            if (wrong != null) {
                throw new MembershipException(
                        PeerRefusal.WEAK_KEY, "the certificate of " + Subjects.of(each) + " has " + wrong + WEAK);
            }
        }
        String wrong = KeyStrength.weakness(anchor.getPublicKey());
        if (wrong != null) {
            throw new MembershipException(
                    PeerRefusal.WEAK_KEY, "the trust anchor " + Subjects.of(anchor) + " has " + wrong + WEAK);
        }
    }

    /** Requires that all certificates of the path are valid now. */
    void requireValidAt(Instant now) throws MembershipException {
        for (X509Certificate each : path) {
            Instant from = each.getNotBefore().toInstant();
            Instant to = each.getNotAfter().toInstant();
            if (now.isBefore(from)) {
                throw time(
                        PeerRefusal.NOT_YET_VALID,
                        BasicReason.NOT_YET_VALID,
                        "the certificate of " + Subjects.of(each) + " is valid from " + from
                                + " on, and this node's clock says " + now + RULE
                                + ": check the clocks of this node and of the authority");
            }
            if (now.isAfter(to)) {
                throw time(
                        PeerRefusal.EXPIRED,
                        BasicReason.EXPIRED,
                        "the certificate of " + Subjects.of(each) + " has expired at " + to
                                + ", and this node's clock says " + now + RULE
                                + ": renew it, or correct the clock");
            }
        }
    }

    /** With the reason for JSSE, which chooses the TLS alert by it. */
    private static MembershipException time(PeerRefusal refusal, BasicReason reason, String sentence) {
        MembershipException failed = new MembershipException(refusal, sentence);
        failed.initCause(new CertPathValidatorException(sentence, null, null, -1, reason));
        return failed;
    }

    /** {@return when the whole path becomes valid} */
    Instant notBefore() {
        return notBefore(path);
    }

    private static Instant notBefore(List<X509Certificate> path) {
        return path.stream()
                .map(each -> each.getNotBefore().toInstant())
                .max(Instant::compareTo)
                .orElseThrow();
    }

    /** {@return when the first certificate of the path expires} */
    Instant notAfter() {
        return path.stream()
                .map(each -> each.getNotAfter().toInstant())
                .min(Instant::compareTo)
                .orElseThrow();
    }

    /** {@return the certificate that has issued one of the path} */
    X509Certificate issuer(int index) {
        return index + 1 < path.size() ? path.get(index + 1) : anchor;
    }
}
