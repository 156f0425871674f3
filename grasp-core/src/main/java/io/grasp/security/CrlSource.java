package io.grasp.security;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The revocation list of one issuer, which its name and key identify, at one URL. */
final class CrlSource extends RevocationSource {
    private static final String CRL_NUMBER = "2.5.29.20";
    private static final String ISSUING_DISTRIBUTION_POINT = "2.5.29.28";
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(15);
    private static final int CRL_SIGN = 6;

    private final X509Certificate issuer;
    private volatile @Nullable X509CRL known;
    private volatile int revocations;

    CrlSource(URI url, X509Certificate issuer) {
        super(url);
        this.issuer = issuer;
    }

    @Override
    boolean revokes(X509Certificate certificate, X509Certificate itsIssuer) {
        X509CRL list = known;
        return list != null
                && itsIssuer.getSubjectX500Principal().equals(issuer.getSubjectX500Principal())
                && itsIssuer.getPublicKey().equals(issuer.getPublicKey())
                && list.getRevokedCertificate(certificate.getSerialNumber()) != null;
    }

    @Override
    int revocations() {
        return revocations;
    }

    @Override
    byte[] fetch(HttpFetch request) throws IOException {
        return request.get();
    }

    /**
     * Takes a list, if it is newer than the known one. One that has ended is taken too: what it revokes is revoked.
     */
    @Override
    Outcome take(byte[] received, @Nullable Instant now) throws RevocationDataException {
        X509CRL list;
        try {
            list = (X509CRL) CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(received));
            requireUsable(list, now);
        } catch (GeneralSecurityException e) {
            throw new RevocationDataException("it is no revocation list that " + Subjects.of(issuer) + " has signed: "
                    + Subjects.printable(String.valueOf(e.getMessage())));
        }
        X509CRL earlier = known;
        if (earlier != null && isOlder(list, earlier)) {
            throw new RevocationDataException(
                    "it is older (" + list.getThisUpdate().toInstant() + ") than the one that is known ("
                            + earlier.getThisUpdate().toInstant() + ")");
        }
        Set<BigInteger> serials = serials(list);
        boolean isNew = !serials.equals(serials(earlier));
        revocations = serials.size();
        known = list;
        Date next = list.getNextUpdate();
        return new Outcome(isNew, next == null ? null : next.toInstant());
    }

    private void requireUsable(X509CRL list, @Nullable Instant now)
            throws GeneralSecurityException, RevocationDataException {
        if (!list.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
            throw new RevocationDataException("it is the list of another issuer, \""
                    + Subjects.printable(list.getIssuerX500Principal().getName()) + "\"");
        }
        if (!maySignLists(issuer)) {
            throw new RevocationDataException(Subjects.of(issuer) + " may not sign revocation lists");
        }
        list.verify(issuer.getPublicKey());
        Set<String> critical = list.getCriticalExtensionOIDs();
        if (critical != null && !Set.of(ISSUING_DISTRIBUTION_POINT).containsAll(critical)) {
            throw new RevocationDataException("it has critical extensions that this node does not know: " + critical);
        }
        if (!RevocationPointers.isCompleteFor(list, url())) {
            throw new RevocationDataException("it is not the complete list for this URL");
        }
        if (now != null && list.getThisUpdate().toInstant().isAfter(now.plus(CLOCK_SKEW))) {
            throw new RevocationDataException("it begins in the future, at "
                    + list.getThisUpdate().toInstant() + ": check the clocks of this node and of the authority");
        }
    }

    /** {@return whether the key usage in an authority's certificate permits it to sign revocation lists} */
    static boolean maySignLists(X509Certificate authority) {
        boolean[] usage = authority.getKeyUsage();
        return usage == null || usage[CRL_SIGN];
    }

    private static boolean isOlder(X509CRL list, X509CRL earlier) throws RevocationDataException {
        BigInteger number = number(list);
        BigInteger earlierNumber = number(earlier);
        return list.getThisUpdate().toInstant().isBefore(earlier.getThisUpdate().toInstant())
                || number != null && earlierNumber != null && number.compareTo(earlierNumber) < 0;
    }

    private static @Nullable BigInteger number(X509CRL list) throws RevocationDataException {
        byte[] extension = list.getExtensionValue(CRL_NUMBER);
        if (extension == null) {
            return null;
        }
        try {
            return new BigInteger(
                    Der.of(Der.of(extension).read(Der.OCTET_STRING)).read(Der.INTEGER));
        } catch (GeneralSecurityException | NumberFormatException e) {
            throw new RevocationDataException("its number is malformed");
        }
    }

    private static Set<BigInteger> serials(@Nullable X509CRL list) {
        Set<BigInteger> serials = new HashSet<>();
        Set<? extends X509CRLEntry> entries = list == null ? null : list.getRevokedCertificates();
        if (entries != null) {
            entries.forEach(entry -> serials.add(entry.getSerialNumber()));
        }
        return serials;
    }
}
