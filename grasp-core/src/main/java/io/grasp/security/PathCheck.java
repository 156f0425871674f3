package io.grasp.security;

import io.grasp.model.PeerRefusal;
import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Date;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;

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
    /** How many paths are looked at, so that a peer cannot make this node verify many signatures. */
    private static final int MAX_CANDIDATES = 32;

    /** RFC 5280 section 4.2.1.3. */
    private static final int DIGITAL_SIGNATURE = 0;

    private static final String SAME_ANCHORS =
            ": if that node is to be a member, give both nodes the same trust anchors and the node its"
                    + " intermediate certificates";
    private static final String RULE = " (RFC 8994 section 6.2.3, rule 2)";
    private static final String WEAK =
            " (RFC 8994 section 6.2.1): the certificate must be issued again with a stronger key or signature";

    /**
     * {@return the paths to trust anchors, each of which is valid at some time; the shortest first, at least one}
     *
     * @param chain the certificates as a peer has sent them, its own first
     */
    static List<PathCheck> of(List<X509Certificate> chain, Collection<X509Certificate> anchors)
            throws MembershipException {
        return of(chain, anchors, PathCheck::validate);
    }

    /** Verifies the signatures of a path, from its trust anchor on. */
    interface Validation {
        PathCheck validate(List<X509Certificate> path, X509Certificate anchor) throws MembershipException;
    }

    /** As {@link #of(List, Collection)}, for tests that count validations. */
    static List<PathCheck> of(List<X509Certificate> chain, Collection<X509Certificate> anchors, Validation validation)
            throws MembershipException {
        List<PathCheck> valid = new ArrayList<>();
        MembershipException first = null;
        Set<Link> broken = new HashSet<>();
        for (List<X509Certificate> candidate : candidates(chain, anchors)) {
            X509Certificate last = candidate.get(candidate.size() - 1);
            for (X509Certificate anchor : anchors) {
                if (anchor.getSubjectX500Principal().equals(last.getIssuerX500Principal())
                        && !isBroken(candidate, anchor, broken)) {
                    try {
                        PathCheck path = validation.validate(candidate, anchor);
                        path.requireStrength();
                        path.requireSigningKey();
                        valid.add(path);
                    } catch (MembershipException e) {
                        first = first == null ? e : first;
                        findBroken(candidate, anchor, broken);
                    }
                }
            }
        }
        if (valid.isEmpty()) {
            throw first == null ? unknownIssuer(chain) : first;
        }
        return List.copyOf(valid);
    }

    /** A certificate, and one of its issuer's name. */
    private record Link(X509Certificate certificate, X509Certificate issuer) {}

    private static X509Certificate issuer(List<X509Certificate> path, X509Certificate anchor, int index) {
        return index + 1 < path.size() ? path.get(index + 1) : anchor;
    }

    /** {@return whether a signature in a path is known not to be that of the issuer} */
    private static boolean isBroken(List<X509Certificate> path, X509Certificate anchor, Set<Link> broken) {
        return IntStream.range(0, path.size())
                .anyMatch(i -> broken.contains(new Link(path.get(i), issuer(path, anchor, i))));
    }

    /** Remembers which signature has failed, so that a forged chain is not verified again for each of its orders. */
    private static void findBroken(List<X509Certificate> path, X509Certificate anchor, Set<Link> broken) {
        for (int i = path.size() - 1; i >= 0; i--) {
            X509Certificate issuer = issuer(path, anchor, i);
            try {
                path.get(i).verify(issuer.getPublicKey());
            } catch (GeneralSecurityException | RuntimeException failed) {
                broken.add(new Link(path.get(i), issuer));
                return;
            }
        }
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

    /**
     * Paths by name, the shortest first. Peers may send their certificates in any order, and their anchor too, and
     * several certificates of an authority that has changed its key.
     */
    static List<List<X509Certificate>> candidates(List<X509Certificate> chain, Collection<X509Certificate> anchors) {
        Set<X500Principal> names = new HashSet<>();
        anchors.forEach(anchor -> names.add(anchor.getSubjectX500Principal()));
        List<List<X509Certificate>> candidates = new ArrayList<>();
        Queue<List<X509Certificate>> unfinished = new ArrayDeque<>();
        unfinished.add(List.of(chain.get(0)));
        for (int looked = 0; looked < MAX_CANDIDATES && !unfinished.isEmpty(); looked++) {
            List<X509Certificate> path = unfinished.remove();
            X500Principal issuer = path.get(path.size() - 1).getIssuerX500Principal();
            if (names.contains(issuer)) {
                candidates.add(path);
            }
            for (X509Certificate each : new LinkedHashSet<>(chain)) {
                if (each.getSubjectX500Principal().equals(issuer) && !path.contains(each)) {
                    List<X509Certificate> longer = new ArrayList<>(path);
                    longer.add(each);
                    unfinished.add(longer);
                }
            }
        }
        return candidates;
    }

    static PathCheck validate(List<X509Certificate> path, X509Certificate anchor) throws MembershipException {
        try {
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(anchor, null)));
            parameters.setRevocationEnabled(false); // rule 3, see Revocation
            parameters.setDate(Date.from(notBefore(path)));
            CertPath certificates = CertificateFactory.getInstance("X.509").generateCertPath(path);
            CertPathValidator.getInstance("PKIX").validate(certificates, parameters);
            return new PathCheck(List.copyOf(path), anchor);
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

    private void requireSigningKey() throws MembershipException {
        boolean[] usage = path.get(0).getKeyUsage();
        if (usage != null && !usage[DIGITAL_SIGNATURE]) {
            throw new MembershipException(
                    PeerRefusal.UNTRUSTED,
                    "the key usage of the certificate of " + Subjects.of(path.get(0))
                            + " does not permit digital signatures, by which TLS proves that its owner has the key"
                            + " (RFC 8446 section 4.4.2.2): issue it again with digitalSignature");
        }
    }

    /** Requires that all certificates of the path are valid now, and the trust anchor too. */
    void requireValidAt(Instant now) throws MembershipException {
        for (X509Certificate each : path) {
            requireValidAt(now, each, "certificate of " + Subjects.of(each), "renew it");
        }
        requireValidAt(
                now, anchor, "trust anchor " + Subjects.of(anchor), "give the members a certificate of another one");
    }

    private static void requireValidAt(Instant now, X509Certificate certificate, String name, String remedy)
            throws MembershipException {
        Instant from = certificate.getNotBefore().toInstant();
        Instant to = certificate.getNotAfter().toInstant();
        if (now.isBefore(from)) {
            throw time(
                    PeerRefusal.NOT_YET_VALID,
                    BasicReason.NOT_YET_VALID,
                    "the " + name + " is valid from " + from + " on, and this node's clock says " + now + RULE
                            + ": check the clocks of this node and of the authority");
        }
        if (now.isAfter(to)) {
            throw time(
                    PeerRefusal.EXPIRED,
                    BasicReason.EXPIRED,
                    "the " + name + " has expired at " + to + ", and this node's clock says " + now + RULE + ": "
                            + remedy + ", or correct the clock");
        }
    }

    /** {@return the first of some paths that is valid at a time, or else the first of all} */
    static PathCheck best(List<PathCheck> paths, Instant now) {
        return paths.stream().filter(each -> each.isValidAt(now)).findFirst().orElse(paths.get(0));
    }

    private boolean isValidAt(Instant now) {
        return !now.isBefore(notBefore()) && !now.isAfter(notAfter());
    }

    /** With the reason for JSSE, which chooses the TLS alert by it. */
    private static MembershipException time(PeerRefusal refusal, BasicReason reason, String sentence) {
        MembershipException failed = new MembershipException(refusal, sentence);
        failed.initCause(new CertPathValidatorException(sentence, null, null, -1, reason));
        return failed;
    }

    /** {@return when the whole path becomes valid, its trust anchor included} */
    Instant notBefore() {
        Instant anchors = anchor.getNotBefore().toInstant();
        Instant first = notBefore(path);
        return first.isAfter(anchors) ? first : anchors;
    }

    private static Instant notBefore(List<X509Certificate> path) {
        return path.stream()
                .map(each -> each.getNotBefore().toInstant())
                .max(Instant::compareTo)
                .orElseThrow();
    }

    /** {@return when the first certificate of the path expires, or its trust anchor} */
    Instant notAfter() {
        return firstToExpire().getNotAfter().toInstant();
    }

    private X509Certificate firstToExpire() {
        return Stream.concat(path.stream(), Stream.of(anchor))
                .min(Comparator.comparing(X509Certificate::getNotAfter))
                .orElseThrow();
    }

    /**
     * {@return a warning that this path of the own certificate expires}
     *
     * @param howSoon what follows the time in the sentence
     */
    String expiryWarning(String howSoon) {
        X509Certificate first = firstToExpire();
        String when = " expires at " + notAfter() + howSoon;
        if (first.equals(path.get(0))) {
            return "the certificate" + when + ": renew it";
        }
        if (first.equals(anchor)) {
            return "the trust anchor " + Subjects.of(first) + when + ", before the certificate: give all members the"
                    + " trust anchor that follows it, and certificates of that one if its key is another";
        }
        return "the certificate of the intermediate authority " + Subjects.of(first) + when
                + ", before the node's own: have the authority renew it, and put the new one into the chain";
    }

    /** {@return the certificate that has issued one of the path} */
    X509Certificate issuer(int index) {
        return issuer(path, anchor, index);
    }
}
