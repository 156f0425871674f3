package io.grasp.security;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPResponseStatus;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cert.ocsp.BasicOCSPRespBuilder;
import org.bouncycastle.cert.ocsp.CertificateStatus;
import org.bouncycastle.cert.ocsp.OCSPException;
import org.bouncycastle.cert.ocsp.OCSPReq;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.cert.ocsp.Req;
import org.bouncycastle.cert.ocsp.RespID;
import org.bouncycastle.cert.ocsp.RevokedStatus;
import org.bouncycastle.cert.ocsp.UnknownStatus;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate authority for tests, made by Bouncy Castle. Its certificates say what a test wants, also what no
 * authority should say. Certificates are valid from an hour ago for 30 days, unless a test asks for other times.
 */
public final class TestAuthority {
    /** The type of an otherName that holds an acp-node-name (RFC 8994 section 6.2.2.1). */
    public static final String ACP_NODE_NAME = "1.3.6.1.5.5.7.8.10";

    private static final AtomicLong SERIAL = new AtomicLong(1000);

    private final X509Certificate certificate;
    private final PrivateKey key;
    private final X509Certificate root;
    /** From this authority's certificate upwards, without the root. */
    private final List<X509Certificate> path;

    private TestAuthority(
            X509Certificate certificate, PrivateKey key, X509Certificate root, List<X509Certificate> path) {
        this.certificate = certificate;
        this.key = key;
        this.root = root;
        this.path = path;
    }

    /** {@return a root authority with an EC key} */
    public static TestAuthority create(String name) {
        return create(name, TestKeys.EC_P256);
    }

    /** {@return a root authority} */
    public static TestAuthority create(String name, TestKeys type) {
        Instant now = Instant.now();
        return create(name, type, now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(3650)));
    }

    /** {@return a root authority with a validity of its own} */
    public static TestAuthority create(String name, TestKeys type, Instant notBefore, Instant notAfter) {
        KeyPair pair = type.generate("authority");
        X500Principal subject = new X500Principal("CN=" + name);
        X509Certificate self = authority(subject, pair, subject, pair.getPrivate(), notBefore, notAfter, null);
        return new TestAuthority(self, pair.getPrivate(), self, List.of());
    }

    /** {@return this root authority with a further certificate for its key} */
    public TestAuthority renewed(Instant notBefore, Instant notAfter) {
        X500Principal subject = certificate.getSubjectX500Principal();
        KeyPair pair = new KeyPair(certificate.getPublicKey(), key);
        X509Certificate self = authority(subject, pair, subject, key, notBefore, notAfter, null);
        return new TestAuthority(self, key, self, List.of());
    }

    /** {@return a further certificate for the name and key of another authority, which this one has issued} */
    public X509Certificate certify(TestAuthority other) {
        Instant now = Instant.now();
        return authority(
                other.certificate.getSubjectX500Principal(),
                new KeyPair(other.certificate.getPublicKey(), other.key),
                certificate.getSubjectX500Principal(),
                key,
                now.minus(Duration.ofDays(1)),
                now.plus(Duration.ofDays(365)),
                null);
    }

    /** {@return an authority with an existing certificate and key, whether or not it may issue any} */
    public static TestAuthority of(X509Certificate certificate, PrivateKey key) {
        return new TestAuthority(certificate, key, certificate, List.of());
    }

    /** {@return an authority whose certificate this one has issued} */
    public TestAuthority intermediate(String name) {
        return intermediate(name, TestKeys.EC_P256);
    }

    /** {@return an authority whose certificate this one has issued, and whose revocation would be published there} */
    public TestAuthority intermediate(String name, String crlUrl) {
        return intermediate(name, TestKeys.EC_P256, crlUrl);
    }

    /** {@return an authority whose certificate this one has issued} */
    public TestAuthority intermediate(String name, TestKeys type) {
        return intermediate(name, type, null);
    }

    private TestAuthority intermediate(String name, TestKeys type, String crlUrl) {
        KeyPair pair = type.generate("intermediate");
        Instant now = Instant.now();
        X509Certificate issued = authority(
                new X500Principal("CN=" + name),
                pair,
                certificate.getSubjectX500Principal(),
                key,
                now.minus(Duration.ofDays(1)),
                now.plus(Duration.ofDays(365)),
                crlUrl);
        List<X509Certificate> longer = new ArrayList<>(List.of(issued));
        longer.addAll(path);
        return new TestAuthority(issued, pair.getPrivate(), root, List.copyOf(longer));
    }

    private static X509Certificate authority(
            X500Principal subject,
            KeyPair pair,
            X500Principal issuer,
            PrivateKey issuerKey,
            Instant notBefore,
            Instant notAfter,
            String crlUrl) {
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    issuer,
                    BigInteger.valueOf(SERIAL.incrementAndGet()),
                    Date.from(notBefore),
                    Date.from(notAfter),
                    subject,
                    pair.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            builder.addExtension(
                    Extension.subjectKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
            if (crlUrl != null) {
                builder.addExtension(Extension.cRLDistributionPoints, false, distributionPoint(crlUrl));
            }
            return convert(builder.build(signer(issuerKey, null)), TestKeys.EC_P256);
        } catch (GeneralSecurityException | CertIOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@return this authority's certificate} */
    public X509Certificate certificate() {
        return certificate;
    }

    /** {@return the key that it signs with} */
    public PrivateKey signingKey() {
        return key;
    }

    /** {@return the certificate of the root: the trust anchor} */
    public X509Certificate anchor() {
        return root;
    }

    /** {@return a new member with an EC key and this acp-node-name} */
    public TestMember issue(String nodeName) {
        return request().nodeName(nodeName).issue();
    }

    /** {@return what a certificate is to say; by default, one without an acp-node-name} */
    public Request request() {
        return new Request();
    }

    /** {@return a revocation list from now, with a number from the clock, that must be replaced in a day} */
    public byte[] crl(X509Certificate... revoked) {
        Instant now = Instant.now();
        return crl(now, now.plus(Duration.ofDays(1)), now.toEpochMilli(), revoked);
    }

    /** {@return a revocation list in DER} */
    public byte[] crl(Instant thisUpdate, Instant nextUpdate, long number, X509Certificate... revoked) {
        try {
            JcaX509v2CRLBuilder builder =
                    new JcaX509v2CRLBuilder(certificate.getSubjectX500Principal(), Date.from(thisUpdate));
            builder.setNextUpdate(Date.from(nextUpdate));
            builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(number)));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(certificate));
            for (X509Certificate each : revoked) {
                builder.addCRLEntry(each.getSerialNumber(), Date.from(thisUpdate), CRLReason.keyCompromise);
            }
            return builder.build(signer(key, null)).getEncoded();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@return the answer of this authority's OCSP responder to a request in DER} */
    public byte[] ocsp(byte[] request, Predicate<BigInteger> isRevoked) {
        return ocspOf(
                request,
                serial -> isRevoked.test(serial)
                        ? new RevokedStatus(new Date(), CRLReason.keyCompromise)
                        : CertificateStatus.GOOD);
    }

    /** {@return the response of a responder that knows no certificate} */
    public byte[] ocspOfUnknown(byte[] request) {
        return ocspOf(request, serial -> new UnknownStatus());
    }

    private byte[] ocspOf(byte[] request, Function<BigInteger, CertificateStatus> status) {
        try {
            BasicOCSPRespBuilder builder =
                    new BasicOCSPRespBuilder(new RespID(new JcaX509CertificateHolder(certificate).getSubject()));
            OCSPReq read = new OCSPReq(request);
            Date now = new Date();
            for (Req each : read.getRequestList()) {
                builder.addResponse(
                        each.getCertID(),
                        status.apply(each.getCertID().getSerialNumber()),
                        now,
                        new Date(now.getTime() + 3_600_000));
            }
            Extension nonce = read.getExtension(OCSPObjectIdentifiers.id_pkix_ocsp_nonce);
            if (nonce != null) {
                builder.setResponseExtensions(new Extensions(nonce));
            }
            return new OCSPRespBuilder()
                    .build(OCSPResponseStatus.SUCCESSFUL, builder.build(signer(key, null), null, now))
                    .getEncoded();
        } catch (GeneralSecurityException | IOException | OCSPException e) {
            throw new IllegalStateException(e);
        }
    }

    private static CRLDistPoint distributionPoint(String... urls) {
        DistributionPointName point = new DistributionPointName(new GeneralNames(Stream.of(urls)
                .map(url -> new GeneralName(GeneralName.uniformResourceIdentifier, url))
                .toArray(GeneralName[]::new)));
        return new CRLDistPoint(new DistributionPoint[] {new DistributionPoint(point, null, null)});
    }

    private static X509Certificate convert(X509CertificateHolder holder, TestKeys type) {
        JcaX509CertificateConverter converter = new JcaX509CertificateConverter();
        if (type == TestKeys.EC_P224) {
            converter.setProvider(new BouncyCastleProvider());
        }
        try {
            return converter.getCertificate(holder);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ContentSigner signer(PrivateKey key, String algorithm) {
        String suitable = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
        try {
            return new JcaContentSignerBuilder(algorithm == null ? suitable : algorithm).build(key);
        } catch (OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@return the otherName with an acp-node-name} */
    public static GeneralName otherName(String nodeName) {
        return otherName(new DERIA5String(nodeName));
    }

    /** {@return an otherName with the type of acp-node-names and this value} */
    public static GeneralName otherName(ASN1Encodable value) {
        return new GeneralName(GeneralName.otherName, new DERSequence(new ASN1Encodable[] {
            new ASN1ObjectIdentifier(ACP_NODE_NAME), new DERTaggedObject(true, 0, value)
        }));
    }

    /** What a member's certificate is to say. Each method changes this request and returns it. */
    public final class Request {
        private final List<GeneralName> names = new ArrayList<>();
        private final List<KeyPurposeId> purposes = new ArrayList<>();
        private int keyUsage = KeyUsage.digitalSignature;
        private String subject = "CN=member";
        private Instant notBefore = Instant.now().minus(Duration.ofHours(1));
        private Instant notAfter = Instant.now().plus(Duration.ofDays(30));
        private TestKeys type = TestKeys.EC_P256;
        private KeyPair pair;
        private String signature;
        private List<String> crlUrls = List.of();
        private ASN1Encodable distributionPoints;
        private String ocspUrl;
        private byte[] rawNames;

        private Request() {}

        /** Adds an acp-node-name, well-formed or not. */
        public Request nodeName(String nodeName) {
            return name(otherName(nodeName));
        }

        /** Adds a subjectAltName. */
        public Request name(GeneralName name) {
            names.add(name);
            return this;
        }

        /** Sets the value of the subjectAltName extension, which need not be well-formed. */
        public Request rawNames(byte[] der) {
            rawNames = der.clone();
            return this;
        }

        /** Sets the subject, for example {@code CN=gray}. */
        public Request subject(String distinguishedName) {
            subject = distinguishedName;
            return this;
        }

        public Request validity(Instant from, Instant to) {
            notBefore = from;
            notAfter = to;
            return this;
        }

        public Request key(TestKeys keyType) {
            type = keyType;
            return this;
        }

        /** Uses an existing key pair. */
        public Request key(KeyPair existing) {
            pair = existing;
            return this;
        }

        /** Sets the signature algorithm of the authority, for example {@code SHA1withECDSA}. */
        public Request signature(String algorithm) {
            signature = algorithm;
            return this;
        }

        /** Sets the key usage, bits of {@link KeyUsage}. */
        public Request keyUsage(int bits) {
            keyUsage = bits;
            return this;
        }

        /** Adds an extended key usage, by object identifier. */
        public Request extendedKeyUsage(String oid) {
            purposes.add(KeyPurposeId.getInstance(new ASN1ObjectIdentifier(oid)));
            return this;
        }

        /** Sets the URLs of the one CRL distribution point. */
        public Request crl(String... urls) {
            crlUrls = List.of(urls);
            return this;
        }

        /** Sets the value of the extension with CRL distribution points, which need not be well-formed. */
        public Request distributionPoints(ASN1Encodable value) {
            distributionPoints = value;
            return this;
        }

        /** Adds an OCSP responder. */
        public Request ocsp(String url) {
            ocspUrl = url;
            return this;
        }

        /** {@return a new member with such a certificate} */
        public TestMember issue() {
            KeyPair keys = pair == null ? type.generate("member") : pair;
            try {
                JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                        TestAuthority.this.certificate.getSubjectX500Principal(),
                        BigInteger.valueOf(SERIAL.incrementAndGet()),
                        Date.from(notBefore),
                        Date.from(notAfter),
                        new X500Principal(subject),
                        keys.getPublic());
                addExtensions(builder);
                X509Certificate issued = convert(builder.build(signer(TestAuthority.this.key, signature)), type);
                List<X509Certificate> chain = new ArrayList<>(List.of(issued));
                chain.addAll(path);
                return new TestMember(chain, keys.getPrivate(), root);
            } catch (GeneralSecurityException | IOException e) {
                throw new IllegalStateException(e);
            }
        }

        private void addExtensions(JcaX509v3CertificateBuilder builder) throws GeneralSecurityException, IOException {
            JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(keyUsage));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    extensions.createAuthorityKeyIdentifier(TestAuthority.this.certificate.getPublicKey()));
            if (rawNames != null) {
                builder.addExtension(Extension.subjectAlternativeName, false, rawNames);
            } else if (!names.isEmpty()) {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        subject.isEmpty(),
                        new GeneralNames(names.toArray(GeneralName[]::new)));
            }
            if (!purposes.isEmpty()) {
                builder.addExtension(
                        Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes.toArray(KeyPurposeId[]::new)));
            }
            if (!crlUrls.isEmpty()) {
                builder.addExtension(
                        Extension.cRLDistributionPoints, false, distributionPoint(crlUrls.toArray(String[]::new)));
            }
            if (distributionPoints != null) {
                builder.addExtension(Extension.cRLDistributionPoints, false, distributionPoints);
            }
            if (ocspUrl != null) {
                builder.addExtension(
                        Extension.authorityInfoAccess,
                        false,
                        new AuthorityInformationAccess(
                                AccessDescription.id_ad_ocsp,
                                new GeneralName(GeneralName.uniformResourceIdentifier, ocspUrl)));
            }
        }
    }
}
