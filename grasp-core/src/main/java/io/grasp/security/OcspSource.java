package io.grasp.security;

import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The status of one certificate by OCSP (RFC 6960). The JDK checks responses; a certificate that was revoked remains
 * so, also if an older response comes later. One that its responder does not know is not good either, as long as the
 * newest response says so.
 */
final class OcspSource extends RevocationSource {
    /** SHA-1 (1.3.14.3.2.26), which names the issuer here and protects nothing (RFC 5019 section 2.1.1). */
    private static final byte[] SHA1 = {0x2B, 0x0E, 0x03, 0x02, 0x1A};

    /** RFC 5280 section 4.1.2.5.2. */
    private static final DateTimeFormatter GENERALIZED_TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'");
    /** The JDK counts as revoked what was revoked before the time of the check. */
    private static final Duration AFTER_IT = Duration.ofSeconds(1);

    private static final int MAX_CAUSES = 8;

    private final X509Certificate certificate;
    private final X509Certificate issuer;
    private volatile boolean isRevoked;
    private volatile boolean isUnknown;

    private enum Status {
        GOOD,
        REVOKED,
        UNKNOWN
    }

    OcspSource(URI url, X509Certificate certificate, X509Certificate issuer) {
        super(url);
        this.certificate = certificate;
        this.issuer = issuer;
    }

    @Override
    boolean revokes(X509Certificate asked, X509Certificate itsIssuer) {
        return (isRevoked || isUnknown) && asked.equals(certificate);
    }

    @Override
    String verdict() {
        return isRevoked ? super.verdict() : "is not one that its authority knows";
    }

    @Override
    int revocations() {
        return isRevoked ? 1 : 0;
    }

    @Override
    byte[] fetch(HttpFetch request) throws IOException {
        try {
            return request.post("application/ocsp-request", request(certificate, issuer));
        } catch (GeneralSecurityException e) {
            throw new IOException("no request can be made: " + e.getMessage());
        }
    }

    /** {@return an OCSPRequest for one certificate, without a nonce (RFC 5019 section 2.1)} */
    static byte[] request(X509Certificate certificate, X509Certificate issuer) throws GeneralSecurityException {
        MessageDigest digest = MessageDigest.getInstance("SHA-1");
        byte[] nameHash = digest.digest(certificate.getIssuerX500Principal().getEncoded());
        Der keyInfo = Der.of(issuer.getPublicKey().getEncoded()).enter(Der.SEQUENCE);
        keyInfo.skip();
        byte[] bits = keyInfo.read(Der.BIT_STRING);
        byte[] keyHash = digest.digest(Arrays.copyOfRange(bits, 1, bits.length)); // without the number of unused bits
        BigInteger serial = certificate.getSerialNumber();
        byte[] certId = Der.element(
                Der.SEQUENCE,
                Der.element(Der.SEQUENCE, Der.element(Der.OBJECT_IDENTIFIER, SHA1), Der.element(Der.NULL)),
                Der.element(Der.OCTET_STRING, nameHash),
                Der.element(Der.OCTET_STRING, keyHash),
                Der.element(Der.INTEGER, serial.toByteArray()));
        byte[] requests = Der.element(Der.SEQUENCE, Der.element(Der.SEQUENCE, certId));
        return Der.element(Der.SEQUENCE, Der.element(Der.SEQUENCE, requests));
    }

    @Override
    Outcome take(byte[] received, @Nullable Instant now) throws RevocationDataException {
        Status status = status(received, now);
        boolean isNew = status == Status.REVOKED && !isRevoked || status == Status.UNKNOWN && !isUnknown;
        if (status == Status.REVOKED) { // a response that came at the same time on another thread is not overwritten
            isRevoked = true;
        }
        isUnknown = status == Status.UNKNOWN;
        return new Outcome(isNew, null);
    }

    /**
     * {@return when the responder has signed a response: a time at which it is good, for a node that does not know the
     * time} As the response states it, before its signature has been verified.
     */
    private static Instant whenProduced(byte[] response) throws CertificateParsingException {
        Der ocspResponse = Der.of(response).enter(Der.SEQUENCE);
        ocspResponse.skip(); // status
        Der responseBytes = ocspResponse.enter(Der.context(0)).enter(Der.SEQUENCE);
        responseBytes.skip(); // type
        Der data =
                Der.of(responseBytes.read(Der.OCTET_STRING)).enter(Der.SEQUENCE).enter(Der.SEQUENCE);
        if (data.isNext(Der.context(0))) {
            data.skip(); // version
        }
        data.skip(); // responder
        return LocalDateTime.parse(
                        new String(data.read(Der.GENERALIZED_TIME), StandardCharsets.US_ASCII), GENERALIZED_TIME)
                .toInstant(ZoneOffset.UTC);
    }

    /** {@return whether a responder has answered} Otherwise it says that it cannot, which nothing has signed. */
    private static boolean isSuccessful(byte[] response) {
        try {
            byte[] status = Der.of(response).enter(Der.SEQUENCE).read(Der.ENUMERATED);
            return status.length == 1 && status[0] == 0;
        } catch (CertificateParsingException malformed) {
            return false;
        }
    }

    /** {@return whether it was thrown by the JDK's parser, before a signature was verified} */
    private static boolean isUnreadable(CertPathValidatorException e) {
        Throwable each = e;
        for (int depth = 0; each != null && depth < MAX_CAUSES; depth++, each = each.getCause()) {
            if (each instanceof IOException) {
                return true;
            }
        }
        return false;
    }

    private Status status(byte[] response, @Nullable Instant now) throws RevocationDataException {
        try {
            CertPathValidator validator = CertPathValidator.getInstance("PKIX");
            PKIXRevocationChecker checker = (PKIXRevocationChecker) validator.getRevocationChecker();
            // With a response at hand and without fallback, nothing is fetched.
            checker.setOptions(Set.of(PKIXRevocationChecker.Option.NO_FALLBACK));
            checker.setOcspResponses(Map.of(certificate, response));
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(issuer, null)));
            parameters.addCertPathChecker(checker);
            parameters.setDate(Date.from(now == null ? whenProduced(response).plus(AFTER_IT) : now));
            X509Certificate checked = now == null ? new TimelessCertificate(certificate) : certificate;
            validator.validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(checked)), parameters);
            return Status.GOOD;
        } catch (CertPathValidatorException e) {
            if (e.getReason() == BasicReason.REVOKED) {
                return Status.REVOKED;
            }
            if (e.getReason() == BasicReason.UNDETERMINED_REVOCATION_STATUS
                    && isSuccessful(response)
                    && !isUnreadable(e)) {
                return Status.UNKNOWN;
            }
            throw new RevocationDataException("the OCSP response does not say whether the certificate is good: "
                    + Subjects.printable(String.valueOf(e.getMessage())));
        } catch (GeneralSecurityException e) {
            throw new RevocationDataException("the OCSP response cannot be checked: " + e.getMessage());
        }
    }
}
