package io.grasp.samples.ca;

import io.grasp.model.AcpNodeName;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A certificate authority for tests: a trust anchor and its key, in memory. It issues certificates without asking any
 * questions, so it must never be the authority of a network that matters.
 */
public final class TestAuthority {
    /** In the subject of every certificate, so that it cannot be mistaken for a real one. */
    static final String UNIT = "GRASP test authority, not for production";

    /** id-on-AcpNodeName, RFC 8994 section 6.2.2.1. */
    private static final ASN1ObjectIdentifier ACP_NODE_NAME = new ASN1ObjectIdentifier("1.3.6.1.5.5.7.8.10");

    /** Certificates are valid from a little earlier, for peers whose clocks are late. */
    private static final Duration BACKDATED = Duration.ofMinutes(1);

    private static final int SERIAL_BITS = 64;

    private final SecureRandom random = new SecureRandom();
    private final X509Certificate certificate;
    private final PrivateKey key;

    TestAuthority(X509Certificate certificate, PrivateKey key) {
        this.certificate = certificate;
        this.key = key;
    }

    /**
     * Makes an authority with a new key.
     *
     * @param domain the domain of its certificates, which is in its own name
     * @param kind the kind of its key
     * @param now when its certificate becomes valid
     * @param lifetime until its certificate expires
     * @return the authority
     */
    public static TestAuthority create(String domain, KeyKind kind, Instant now, Duration lifetime) {
        KeyPair keys = kind.generate();
        X500Name name = name(domain, "Test authority of " + domain);
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                serial(new SecureRandom()),
                date(now.minus(BACKDATED)),
                date(now.plus(lifetime)),
                name,
                keys.getPublic());
        try {
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
                    .addExtension(
                            Extension.subjectKeyIdentifier,
                            false,
                            identifiers.createSubjectKeyIdentifier(keys.getPublic()));
            return new TestAuthority(sign(builder, keys.getPrivate()), keys.getPrivate());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@return its certificate, which is the trust anchor of the domain} */
    public X509Certificate certificate() {
        return certificate;
    }

    PrivateKey key() {
        return key;
    }

    /**
     * Issues a certificate.
     *
     * @param commonName the name for people, in the subject
     * @param nodeName the name in the domain
     * @param publicKey the key of the node
     * @param now when the certificate becomes valid
     * @param lifetime until it expires; at the latest it expires with that of the authority
     * @param crlUrl where the revocation list is; {@code null} for a certificate that names none
     * @return the certificate
     */
    public X509Certificate issue(
            String commonName,
            AcpNodeName nodeName,
            PublicKey publicKey,
            Instant now,
            Duration lifetime,
            @Nullable String crlUrl) {
        Instant end = now.plus(lifetime);
        Instant last = certificate.getNotAfter().toInstant();
        try {
            X500Name issuer = new JcaX509CertificateHolder(certificate).getSubject();
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    issuer,
                    serial(random),
                    date(now.minus(BACKDATED)),
                    date(end.isAfter(last) ? last : end),
                    name(nodeName.domain(), commonName),
                    publicKey);
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                    .addExtension(
                            Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(publicKey))
                    .addExtension(
                            Extension.authorityKeyIdentifier,
                            false,
                            identifiers.createAuthorityKeyIdentifier(certificate.getPublicKey()))
                    .addExtension(Extension.subjectAlternativeName, false, new GeneralNames(otherName(nodeName)));
            if (crlUrl != null) {
                builder.addExtension(Extension.cRLDistributionPoints, false, distributionPoint(crlUrl));
            }
            return sign(builder, key);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Issues a certificate for a new key, P-256.
     *
     * @param commonName the name for people, in the subject
     * @param nodeName the name in the domain
     * @param now when the certificate becomes valid
     * @param lifetime until it expires
     * @param crlUrl where the revocation list is; {@code null} for a certificate that names none
     * @return the certificate and the key
     */
    public Enrolled enroll(
            String commonName, AcpNodeName nodeName, Instant now, Duration lifetime, @Nullable String crlUrl) {
        KeyPair keys = KeyKind.EC.generate();
        return new Enrolled(issue(commonName, nodeName, keys.getPublic(), now, lifetime, crlUrl), keys.getPrivate());
    }

    /**
     * A certificate with its key.
     *
     * @param certificate the certificate
     * @param key the key
     */
    public record Enrolled(X509Certificate certificate, PrivateKey key) {
        /** {@return the subject, without the key} */
        @Override
        public String toString() {
            return certificate.getSubjectX500Principal().getName();
        }
    }

    /**
     * Makes a revocation list.
     *
     * @param revoked the certificates in it
     * @param number its number, higher than those of earlier lists
     * @param now when it is issued
     * @param validity until the next one is due
     * @return the list
     */
    public X509CRL revocationList(List<Revoked> revoked, long number, Instant now, Duration validity) {
        JcaX509v2CRLBuilder builder = new JcaX509v2CRLBuilder(certificate.getSubjectX500Principal(), date(now));
        builder.setNextUpdate(date(now.plus(validity)));
        revoked.forEach(each -> builder.addCRLEntry(each.serial(), date(each.at()), CRLReason.unspecified));
        try {
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(certificate.getPublicKey()));
            builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
            return (X509CRL) x509().generateCRL(
                            new ByteArrayInputStream(builder.build(signer(key)).getEncoded()));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * A certificate in a revocation list.
     *
     * @param serial its serial number
     * @param at when it was revoked
     */
    public record Revoked(BigInteger serial, Instant at) {}

    private static X500Name name(String domain, String commonName) {
        return new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.O, domain)
                .addRDN(BCStyle.OU, UNIT)
                .addRDN(BCStyle.CN, commonName)
                .build();
    }

    private static GeneralName otherName(AcpNodeName nodeName) {
        ASN1Encodable[] parts = {
            ACP_NODE_NAME, new DERTaggedObject(true, 0, new DERIA5String(nodeName.toString(), true))
        };
        return new GeneralName(GeneralName.otherName, new DERSequence(parts));
    }

    /** {@return where a certificate says that the revocation list is; {@code null} if it does not} */
    static @Nullable String crlUrl(X509Certificate certificate) {
        try {
            CRLDistPoint points =
                    CRLDistPoint.fromExtensions(new JcaX509CertificateHolder(certificate).getExtensions());
            if (points == null) {
                return null;
            }
            GeneralNames names = (GeneralNames)
                    points.getDistributionPoints()[0].getDistributionPoint().getName();
            return names.getNames()[0].getName().toString();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e); // it was decoded
        }
    }

    private static CRLDistPoint distributionPoint(String url) {
        GeneralNames names = new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, url));
        return new CRLDistPoint(
                new DistributionPoint[] {new DistributionPoint(new DistributionPointName(names), null, null)});
    }

    /** Positive, and hard to guess. */
    private static BigInteger serial(SecureRandom random) {
        return new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS);
    }

    private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey key)
            throws GeneralSecurityException, IOException {
        return (X509Certificate) x509().generateCertificate(
                        new ByteArrayInputStream(builder.build(signer(key)).getEncoded()));
    }

    private static CertificateFactory x509() throws GeneralSecurityException {
        return CertificateFactory.getInstance("X.509");
    }

    private static ContentSigner signer(PrivateKey key) throws GeneralSecurityException {
        try {
            return new JcaContentSignerBuilder(KeyKind.signatureOf(key)).build(key);
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }

    @SuppressWarnings("JavaUtilDate") // the builders take it
    private static Date date(Instant instant) {
        return Date.from(instant);
    }
}
