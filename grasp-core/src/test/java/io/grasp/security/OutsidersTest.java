package io.grasp.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.Proves;
import io.grasp.model.PeerRefusal;
import java.io.IOException;
import java.security.AlgorithmConstraints;
import java.security.AlgorithmParameters;
import java.security.CryptoPrimitive;
import java.security.Key;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Peers that are no members are refused in the handshake, whatever part they have, with a reason in words. */
class OutsidersTest {
    private static final TestAuthority AUTHORITY = TestAuthority.create("authority of example.com");
    private static final Identity GRAY = gray(Clock.systemUTC());
    private static final Instant NOW = Instant.now();

    private static Identity gray(Clock clock) {
        return open(AUTHORITY.issue("+gray@example.com"), clock);
    }

    private static Identity open(TestMember gray, Clock clock) {
        try {
            return Identity.open(IdentityConfig.of(gray.chain(), gray.key(), List.of(gray.anchor()))
                    .withClock(clock));
        } catch (IdentityException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterAll
    static void close() {
        GRAY.close();
    }

    /** An outsider, or a member that looks unusual, which is expected to be accepted (no reason). */
    private record Peer(String name, TestMember member, PeerRefusal reason, String words) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static TestAuthority.Request named() {
        return AUTHORITY.request().subject("CN=mallory").nodeName("+mallory@example.com");
    }

    static Stream<Peer> outsiders() {
        return Stream.of(
                new Peer(
                        "expired",
                        named().validity(NOW.minusSeconds(7200), NOW.minusSeconds(3600))
                                .issue(),
                        PeerRefusal.EXPIRED,
                        "has expired at"),
                new Peer(
                        "not yet valid",
                        named().validity(NOW.plusSeconds(3600), NOW.plusSeconds(7200))
                                .issue(),
                        PeerRefusal.NOT_YET_VALID,
                        "check the clocks"),
                new Peer(
                        "of a foreign domain",
                        AUTHORITY.issue("+mallory@example.net"),
                        PeerRefusal.OTHER_DOMAIN,
                        "+mallory@example.net is a member of the domain example.net, and this node of example.com"),
                new Peer(
                        "of a subdomain",
                        AUTHORITY.issue("+mallory@sub.example.com"),
                        PeerRefusal.OTHER_DOMAIN,
                        "sub.example.com"),
                new Peer(
                        "of a foreign authority",
                        TestAuthority.create("authority of mallory").issue("+mallory@example.com"),
                        PeerRefusal.UNTRUSTED,
                        "give both nodes the same trust anchors"),
                new Peer(
                        "of a foreign authority with the same name",
                        TestAuthority.create("authority of example.com").issue("+mallory@example.com"),
                        PeerRefusal.UNTRUSTED,
                        "(RFC 8994 section 6.2.3, rule 2): if that node is to be a member, give both nodes the same"
                                + " trust anchors"),
                new Peer("self-signed", selfSigned(), PeerRefusal.UNTRUSTED, "no path leads"),
                new Peer("issued by a member", issuedByAMember(), PeerRefusal.UNTRUSTED, "rule 2"),
                new Peer(
                        "without its intermediate certificate",
                        withoutIntermediate(),
                        PeerRefusal.UNTRUSTED,
                        "the node its intermediate certificates"),
                new Peer(
                        "without a name",
                        AUTHORITY.request().subject("CN=mallory").issue(),
                        PeerRefusal.NO_NODE_NAME,
                        "\"CN=mallory\" has no acp-node-name"),
                new Peer(
                        "with rfcSELF, the name of drafts",
                        AUTHORITY
                                .request()
                                .name(new GeneralName(GeneralName.rfc822Name, "rfcSELF+mallory@example.com"))
                                .issue(),
                        PeerRefusal.NO_NODE_NAME,
                        "has no acp-node-name"),
                new Peer(
                        "with a malformed name",
                        AUTHORITY.issue("fd89b714@example.com"),
                        PeerRefusal.NO_NODE_NAME,
                        "\"fd89b714@example.com\", which is not well-formed"),
                new Peer(
                        "with a name that is no IA5String",
                        AUTHORITY
                                .request()
                                .name(TestAuthority.otherName(new DERUTF8String("+mallory@example.com")))
                                .issue(),
                        PeerRefusal.NO_NODE_NAME,
                        "malformed subjectAltName"),
                new Peer(
                        "with two names",
                        named().nodeName("+gray@example.com").issue(),
                        PeerRefusal.NO_NODE_NAME,
                        "two acp-node-names"),
                new Peer(
                        "with a name that acts on the terminal",
                        AUTHORITY.issue("\u001b[2J@example.com"),
                        PeerRefusal.NO_NODE_NAME,
                        "\\u001b[2J@example.com"),
                new Peer(
                        "with RSA-1024",
                        named().key(TestKeys.RSA_1024).issue(),
                        PeerRefusal.WEAK_KEY,
                        "an RSA key of 1024 bits, and 2048 are the minimum"),
                new Peer(
                        "with a key that may not sign",
                        named().keyUsage(KeyUsage.keyAgreement).issue(),
                        PeerRefusal.UNTRUSTED,
                        "does not permit digital signatures"),
                new Peer(
                        "with a weak intermediate certificate",
                        AUTHORITY.intermediate("weak", TestKeys.RSA_1024).issue("+mallory@example.com"),
                        PeerRefusal.WEAK_KEY,
                        "1024"),
                new Peer(
                        "signed with SHA-1",
                        named().signature("SHA1withECDSA").issue(),
                        PeerRefusal.WEAK_KEY,
                        "a signature by SHA1withECDSA"));
    }

    private static TestMember selfSigned() {
        TestAuthority own = TestAuthority.create("mallory");
        return new TestMember(List.of(own.certificate()), own.signingKey(), own.anchor());
    }

    private static TestMember issuedByAMember() {
        KeyPair keys = TestKeys.EC_P256.generate("member");
        TestMember member = AUTHORITY
                .request()
                .subject("CN=bob")
                .nodeName("+bob@example.com")
                .key(keys)
                .issue();
        TestMember issued =
                TestAuthority.of(member.certificate(), keys.getPrivate()).issue("+mallory@example.com");
        return new TestMember(List.of(issued.certificate(), member.certificate()), issued.key(), AUTHORITY.anchor());
    }

    private static TestMember withoutIntermediate() {
        TestMember member = AUTHORITY.intermediate("intermediate").issue("+mallory@example.com");
        return new TestMember(List.of(member.certificate()), member.key(), member.anchor());
    }

    static Stream<Peer> unusualMembers() throws IOException {
        return Stream.of(
                // Neither of a web server nor of a web client: the JDK's trust managers refuse it.
                new Peer(
                        "with the key usage of a registrar",
                        named().extendedKeyUsage("1.3.6.1.5.5.7.3.28").issue(),
                        null,
                        "+mallory@example.com"),
                new Peer(
                        "with its domain in upper case",
                        AUTHORITY.issue("+Mallory@EXAMPLE.com"),
                        null,
                        "+mallory@example.com"),
                new Peer(
                        "with further names",
                        AUTHORITY
                                .request()
                                .name(new GeneralName(GeneralName.dNSName, "mallory.example.com"))
                                .nodeName("fd89b714f3db00000200000064000000+area51.research@example.com")
                                .issue(),
                        null,
                        "fd89b714f3db00000200000064000000+area51.research@example.com"),
                new Peer(
                        "without a subject",
                        AUTHORITY
                                .request()
                                .subject("")
                                .nodeName("0++role=relay@example.com")
                                .issue(),
                        null,
                        "0++role=relay@example.com"),
                new Peer("with its certificates in another order", inAnotherOrder(), null, "+mallory@example.com"));
    }

    private static TestMember inAnotherOrder() {
        TestMember member = AUTHORITY.intermediate("one").intermediate("two").issue("+mallory@example.com");
        List<X509Certificate> chain = new ArrayList<>(List.of(
                member.certificate(),
                AUTHORITY.certificate(),
                member.chain().get(2),
                member.chain().get(1)));
        return new TestMember(chain, member.key(), member.anchor());
    }

    @ParameterizedTest
    @MethodSource("outsiders")
    @Proves({"8994-6.2.3-2", "8994-6.2.3-3", "8994-6.2.3-5", "8994-6.2.3-6", "8994-6.9.2-6"})
    void anOutsiderIsRefused(Peer outsider) throws Exception {
        TestPeer peer = TestPeer.with(outsider.member);
        TlsPair.Side asServer = new TlsPair(
                        peer.newEngine(TlsRole.CLIENT, "TLSv1.3", "TLSv1.2"),
                        GRAY.newEngine(TlsRole.SERVER, List.of("grasp")))
                .handshake()
                .server;
        TlsPair toServer = new TlsPair(
                        GRAY.newEngine(TlsRole.CLIENT, List.of("grasp")), peer.newEngine(TlsRole.SERVER, "TLSv1.2"))
                .handshake();
        for (TlsPair.Side ours : List.of(asServer, toServer.client)) {
            assertThat(ours.isEstablished()).isFalse();
            HandshakeFailure failure = HandshakeFailures.of(ours.failure);
            assertThat(failure.reason()).as(failure.detail()).isEqualTo(outsider.reason);
            assertThat(failure.detail()).contains(outsider.words).doesNotContain("\u001b");
        }
        assertThat(HandshakeFailures.of(toServer.server.failure).reason()).isEqualTo(PeerRefusal.REFUSED_BY_PEER);
        assertThatThrownBy(() -> GRAY.check(outsider.member.chain()))
                .isInstanceOfSatisfying(
                        MembershipException.class,
                        thrown -> assertThat(thrown.reason()).isEqualTo(outsider.reason));
    }

    @ParameterizedTest
    @MethodSource("unusualMembers")
    void aMemberIsAccepted(Peer member) throws Exception {
        TlsPair pair = new TlsPair(
                        TestPeer.with(member.member).newEngine(TlsRole.CLIENT, "TLSv1.3"),
                        GRAY.newEngine(TlsRole.SERVER, List.of("grasp")))
                .handshake();
        assertThat(pair.server.failure).isNull();
        assertThat(pair.server.isEstablished()).isTrue();
        assertThat(GRAY.check(member.member.chain()).nodeName()).hasToString(member.words);
    }

    /** One such handshake would cost this node a hundred times as much as others. */
    @Test
    void aPeerThatAgreesOnKeysInFiniteFieldsAloneIsRefused() throws Exception {
        SSLEngine client =
                TestPeer.with(AUTHORITY.issue("+mallory@example.com")).newEngine(TlsRole.CLIENT, "TLSv1.3");
        SSLParameters parameters = client.getSSLParameters();
        parameters.setAlgorithmConstraints(new FiniteFieldsAlone());
        client.setSSLParameters(parameters);

        // With a curve for signatures, JSSE would refuse the client because that is no finite field.
        TestMember gray = AUTHORITY
                .request()
                .nodeName("+gray@example.com")
                .key(TestKeys.RSA_2048)
                .issue();
        Identity server = open(gray, Clock.systemUTC());
        TlsPair pair = new TlsPair(client, server.newEngine(TlsRole.SERVER, List.of("grasp"))).handshake();
        server.close();

        assertThat(pair.server.isEstablished()).isFalse();
        assertThat(HandshakeFailures.of(pair.server.failure).detail()).contains("named group");
    }

    private static final class FiniteFieldsAlone implements AlgorithmConstraints {
        @Override
        public boolean permits(Set<CryptoPrimitive> primitives, String algorithm, AlgorithmParameters parameters) {
            return !algorithm.matches("secp.*|sect.*|x25519|x448");
        }

        @Override
        public boolean permits(Set<CryptoPrimitive> primitives, Key key) {
            return true;
        }

        @Override
        public boolean permits(
                Set<CryptoPrimitive> primitives, String algorithm, Key key, AlgorithmParameters parameters) {
            return true;
        }
    }

    /** Clients with several certificates choose by them. */
    @Test
    void aServerNamesItsTrustAnchors() {
        assertThat(new MembershipCheck(GRAY).getAcceptedIssuers()).containsExactly(AUTHORITY.anchor());
    }

    @Test
    @Proves("8994-6.2.3-1")
    void aPeerWithoutACertificateIsRefused() throws Exception {
        for (String version : List.of("TLSv1.2", "TLSv1.3")) {
            TlsPair pair = new TlsPair(
                            TestPeer.withoutCertificate().newEngine(TlsRole.CLIENT, version),
                            GRAY.newEngine(TlsRole.SERVER, List.of("grasp")))
                    .handshake();
            assertThat(pair.server.isEstablished()).isFalse();
            assertThat(HandshakeFailures.of(pair.server.failure).reason()).isEqualTo(PeerRefusal.NO_CERTIFICATE);
            assertThat(HandshakeFailures.of(pair.client.failure).reason()).isEqualTo(PeerRefusal.REFUSED_BY_PEER);
        }
    }

    /** JSSE signs nothing with such a key: see {@link OpensslTest} for the handshake. */
    @Test
    void aPeerWithAnEcKeyOf224BitsIsRefused() throws Exception {
        TestMember weak = named().key(TestKeys.EC_P224).issue();
        assertThatThrownBy(() -> GRAY.check(weak.chain()))
                .isInstanceOfSatisfying(
                        MembershipException.class,
                        thrown -> assertThat(thrown.reason()).isEqualTo(PeerRefusal.WEAK_KEY));
    }

    /** Our clock is an hour behind or ahead: members that are valid now may not be valid by it. */
    @Test
    void aClockThatIsAnHourOffRefusesMembersInWords() throws Exception {
        TestMember fresh =
                named().validity(NOW.minusSeconds(60), NOW.plusSeconds(1800)).issue();
        try (Identity behind = gray(Clock.fixed(NOW.minus(Duration.ofMinutes(59)), ZoneOffset.UTC));
                Identity ahead = gray(Clock.fixed(NOW.plus(Duration.ofHours(1)), ZoneOffset.UTC))) {
            assertThatThrownBy(() -> behind.check(fresh.chain()))
                    .isInstanceOfSatisfying(
                            MembershipException.class,
                            thrown -> assertThat(thrown.reason()).isEqualTo(PeerRefusal.NOT_YET_VALID))
                    .hasMessageContaining("this node's clock says " + NOW.minus(Duration.ofMinutes(59)));
            assertThatThrownBy(() -> ahead.check(fresh.chain()))
                    .isInstanceOfSatisfying(
                            MembershipException.class,
                            thrown -> assertThat(thrown.reason()).isEqualTo(PeerRefusal.EXPIRED));
        }
    }

    /** RFC 8994 section 6.2.3.1. */
    @Test
    void aNodeWithoutTheTimeIgnoresValidityTimes() throws Exception {
        TestMember gray = AUTHORITY.issue("+gray@example.com");
        IdentityConfig config = IdentityConfig.of(gray.chain(), gray.key(), List.of(gray.anchor()))
                .withClock(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
        try (Identity trusting = Identity.open(config);
                Identity untrusting = Identity.open(config.withUntrustedClock())) {
            assertThat(trusting.findings())
                    .extracting(IdentityFinding::check)
                    .containsExactly(IdentityFinding.Check.CLOCK, IdentityFinding.Check.VALIDITY);
            assertThat(untrusting.status().good()).isTrue();
            TestMember expired = named().validity(NOW.minusSeconds(7200), NOW.minusSeconds(3600))
                    .issue();
            assertThat(untrusting.check(expired.chain()).nodeName()).hasToString("+mallory@example.com");
        }
    }

    /** More members than are remembered as valid. */
    @Test
    void pathsThatWereValidAreForgottenAndFoundAgain() throws Exception {
        ValidPaths paths = new ValidPaths(List.of(AUTHORITY.anchor()));
        List<X509Certificate> member = AUTHORITY.issue("+bob@example.com").chain();
        List<PathCheck> first = paths.of(member);
        assertThat(paths.of(List.copyOf(member))).isSameAs(first);
        List<X509Certificate> other = AUTHORITY.issue("+eve@example.com").chain();
        for (int i = 0; i < 1100; i++) { // the same certificate once more makes another chain
            List<X509Certificate> chain = new ArrayList<>(other);
            for (int bit = 0; bit < 11; bit++) {
                chain.add((i >> bit & 1) == 0 ? other.get(0) : member.get(0));
            }
            paths.of(chain);
        }
        assertThat(paths.of(member)).isNotSameAs(first).isEqualTo(first);
    }

    /** A member may add to its own certificate whatever it likes, each time something else. */
    @Test
    void certificatesThatDoNotBelongToThePathAreNotKept() throws Exception {
        ValidPaths paths = new ValidPaths(List.of(AUTHORITY.anchor()), 5_000);
        TestAuthority foreign = TestAuthority.create("f".repeat(10_000));
        List<X509Certificate> chain =
                new ArrayList<>(AUTHORITY.issue("+bob@example.com").chain());
        int size = chain.get(0).getEncoded().length;
        chain.add(foreign.certificate());

        assertThat(paths.of(chain).get(0).path()).containsExactly(chain.get(0));
        assertThat(paths.bytes()).isEqualTo(size);

        assertThat(paths.of(chain)).isSameAs(paths.of(List.copyOf(chain)));
        for (int i = 0; i < 100; i++) {
            chain.add(foreign.certificate());
            assertThat(paths.of(chain).get(0).path()).hasSize(1);
            assertThat(paths.bytes()).isLessThanOrEqualTo(2 * 5_000);
        }
        assertThat(paths.bytes()).isGreaterThan(5_000 - size);
    }

    @Test
    void aPathThatIsLargerThanTheBoundIsNotKept() throws Exception {
        ValidPaths paths = new ValidPaths(List.of(AUTHORITY.anchor()), 100);
        List<X509Certificate> member = AUTHORITY.issue("+bob@example.com").chain();
        assertThat(paths.of(member)).isNotSameAs(paths.of(member));
        assertThat(paths.bytes()).isZero();
    }

    @Test
    void aChainOfManyCertificatesIsRefused() {
        TestMember member = AUTHORITY.issue("+bob@example.com");
        List<X509Certificate> chain = new ArrayList<>();
        for (int i = 0; i < 11; i++) {
            chain.add(member.certificate());
        }
        assertThatThrownBy(() -> GRAY.check(chain)).hasMessageContaining("more than 10 certificates");
        assertThatThrownBy(() -> GRAY.check(List.of())).hasMessageContaining("no certificate");
    }
}
