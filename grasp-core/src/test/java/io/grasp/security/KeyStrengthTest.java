package io.grasp.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;

/** RFC 8994 section 6.2.1; {@link OutsidersTest} has the keys and signatures that JSSE takes in a handshake. */
class KeyStrengthTest {
    @Test
    void onlyRsaAndEcKeysArePermitted() throws Exception {
        assertThat(KeyStrength.weakness(KeyPairGenerator.getInstance("Ed25519")
                        .generateKeyPair()
                        .getPublic()))
                .startsWith("a key of type EdDSA");
        assertThat(KeyStrength.weakness(TestKeys.EC_P521.generate("member").getPublic()))
                .isNull();
    }

    @Test
    void theHashOfAProbabilisticSignatureCounts() throws Exception {
        for (String hash : List.of("SHA256", "SHA384", "SHA512")) {
            assertThat(KeyStrength.weakSignature(signed(hash))).isNull();
        }
        for (String hash : List.of("SHA1", "SHA224")) {
            assertThat(KeyStrength.weakSignature(signed(hash))).startsWith("a signature by RSASSA-PSS");
        }
    }

    private static X509Certificate signed(String hash) throws Exception {
        BouncyCastleProvider provider = new BouncyCastleProvider(); // the JDK does not know these names
        X500Name name = new X500Name("CN=member");
        Date now = new Date();
        KeyPair pair = TestKeys.RSA_2048.generate("authority");
        return new JcaX509CertificateConverter()
                .getCertificate(new JcaX509v3CertificateBuilder(name, BigInteger.ONE, now, now, name, pair.getPublic())
                        .build(new JcaContentSignerBuilder(hash + "withRSAandMGF1")
                                .setProvider(provider)
                                .build(pair.getPrivate())));
    }

    @Test
    void aWeakTrustAnchorIsReported() throws Exception {
        TestMember member =
                TestAuthority.create("weak authority", TestKeys.RSA_1024).issue("+gray@example.com");
        try (Identity identity =
                Identity.open(IdentityConfig.of(member.chain(), member.key(), List.of(member.anchor())))) {
            assertThat(identity.findings()).singleElement().satisfies(finding -> {
                assertThat(finding.check()).isEqualTo(IdentityFinding.Check.STRENGTH);
                assertThat(finding.sentence())
                        .contains("the trust anchor \"CN=weak authority\" has an RSA key of 1024");
            });
        }
    }
}
