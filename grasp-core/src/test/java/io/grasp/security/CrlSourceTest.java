package io.grasp.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.IssuingDistributionPoint;
import org.bouncycastle.asn1.x509.ReasonFlags;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;

/** Lists that are signed but do not say what a certificate needs: RFC 5280 sections 5.2 and 6.3.3. */
class CrlSourceTest {
    private static final String URL = "http://authority.example.com/crl";
    private static final TestAuthority AUTHORITY = TestAuthority.create("authority of example.com");

    private final TestMember member = AUTHORITY.issue("+bob@example.com");
    private final CrlSource source = new CrlSource(URI.create(URL), AUTHORITY.certificate());

    private byte[] list(TestAuthority issuer, ASN1ObjectIdentifier type, ASN1Encodable value) throws Exception {
        X509Certificate certificate = issuer.certificate();
        Instant now = Instant.now();
        JcaX509v2CRLBuilder builder = new JcaX509v2CRLBuilder(certificate.getSubjectX500Principal(), Date.from(now));
        builder.setNextUpdate(Date.from(now.plusSeconds(3600)));
        builder.addExtension(type, true, value);
        builder.addCRLEntry(member.certificate().getSerialNumber(), Date.from(now), 0);
        return builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuer.signingKey()))
                .getEncoded();
    }

    private byte[] distributed(IssuingDistributionPoint point) throws Exception {
        return list(AUTHORITY, Extension.issuingDistributionPoint, point);
    }

    private static DistributionPointName at(String url) {
        return new DistributionPointName(new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, url)));
    }

    private void assertRefused(byte[] list, String words) {
        assertThatThrownBy(() -> source.accept(list, Instant.now()))
                .isInstanceOf(RevocationDataException.class)
                .hasMessageContaining(words);
        assertThat(source.revokes(member.certificate(), AUTHORITY.certificate()))
                .isFalse();
    }

    @Test
    void theListOfTheUrlIsTaken() throws Exception {
        source.accept(distributed(new IssuingDistributionPoint(at(URL), false, false)), Instant.now());
        assertThat(source.revokes(member.certificate(), AUTHORITY.certificate()))
                .isTrue();
    }

    /** Serial numbers are those of one authority: its name with its key. */
    @Test
    void aListSaysNothingOfTheCertificatesOfAnotherAuthority() throws Exception {
        source.accept(AUTHORITY.crl(member.certificate()), Instant.now());
        TestAuthority sameName = TestAuthority.create(
                AUTHORITY.certificate().getSubjectX500Principal().getName().substring("CN=".length()));
        assertThat(source.revokes(member.certificate(), sameName.certificate())).isFalse();
        assertThat(source.revokes(
                        member.certificate(), TestAuthority.create("other").certificate()))
                .isFalse();
        Instant now = Instant.now();
        assertThat(source.revokes(
                        member.certificate(),
                        AUTHORITY.renewed(now, now.plusSeconds(60)).certificate()))
                .isTrue();
    }

    @Test
    void aListOfAnotherUrlOrOfSomeCertificatesOrReasonsIsRefused() throws Exception {
        String words = "not the complete list for this URL";
        assertRefused(distributed(new IssuingDistributionPoint(at(URL + "2"), false, false)), words);
        assertRefused(distributed(new IssuingDistributionPoint(null, true, false)), words);
        assertRefused(distributed(new IssuingDistributionPoint(at(URL), false, true)), words);
        assertRefused(distributed(new IssuingDistributionPoint(at(URL), true, false)), words);
        assertRefused(
                distributed(new IssuingDistributionPoint(
                        at(URL), false, false, new ReasonFlags(ReasonFlags.keyCompromise), false, false)),
                words);
    }

    /** It holds only what has changed. */
    @Test
    void aDeltaListIsRefused() throws Exception {
        assertRefused(
                list(AUTHORITY, Extension.deltaCRLIndicator, new CRLNumber(BigInteger.ONE)),
                "critical extensions that this node does not know: [2.5.29.27]");
    }

    @Test
    void aListOfAnIssuerThatMaySignNoneIsRefused() throws Exception {
        TestMember other = AUTHORITY.request().subject("CN=other").issue();
        TestAuthority issuer = TestAuthority.of(other.certificate(), other.key());
        CrlSource ofOther = new CrlSource(URI.create(URL), other.certificate());
        assertThatThrownBy(() -> ofOther.accept(issuer.crl(member.certificate()), Instant.now()))
                .isInstanceOf(RevocationDataException.class)
                .hasMessageContaining("\"CN=other\" may not sign revocation lists");
        assertThat(ofOther.revokes(member.certificate(), other.certificate())).isFalse();
    }
}
