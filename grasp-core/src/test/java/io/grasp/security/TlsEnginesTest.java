package io.grasp.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.model.PeerRefusal;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Handshakes of our TLS engines: only what RFC 8994 section 6.1 permits, and always the whole check. */
class TlsEnginesTest {
    private static final TestAuthority AUTHORITY = TestAuthority.create("authority of example.com");
    private static final Identity GRAY = identity(AUTHORITY.issue("+gray@example.com"));
    private static final Identity BRIGGS = identity(AUTHORITY.issue("+briggs@example.com"));

    private static Identity identity(TestMember member) {
        try {
            return Identity.open(IdentityConfig.of(member.chain(), member.key(), List.of(member.anchor())));
        } catch (IdentityException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterAll
    static void close() {
        GRAY.close();
        BRIGGS.close();
    }

    private static TlsRole other(TlsRole role) {
        return role == TlsRole.CLIENT ? TlsRole.SERVER : TlsRole.CLIENT;
    }

    private static TlsPair pair(TlsRole role, SSLEngine ours, SSLEngine peers) throws SSLException {
        return (role == TlsRole.CLIENT ? new TlsPair(ours, peers) : new TlsPair(peers, ours)).handshake();
    }

    @Test
    void membersAcceptEachOther() throws Exception {
        TlsPair pair = new TlsPair(
                        GRAY.newEngine(TlsRole.CLIENT, List.of("grasp-mux", "grasp")),
                        BRIGGS.newEngine(TlsRole.SERVER, List.of("grasp")))
                .handshake();

        assertThat(pair.client.failure).isNull();
        assertThat(pair.server.failure).isNull();
        assertThat(pair.server.isEstablished()).isTrue();
        assertThat(pair.client.engine.getSession().getCipherSuite()).isEqualTo("TLS_AES_256_GCM_SHA384");
        assertThat(pair.client.engine.getApplicationProtocol()).isEqualTo("grasp");
        pair.write(pair.client, "hello");
        pair.write(pair.server, "you too");
        assertThat(pair.server.received()).isEqualTo("hello");
        assertThat(pair.client.received()).isEqualTo("you too");
    }

    /** One intermediate authority must work, and two should (RFC 8994 section 6.2.4). */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void membersBehindIntermediateAuthoritiesAcceptEachOther(int depth) throws Exception {
        TestAuthority hers = AUTHORITY;
        for (int i = 0; i < depth; i++) {
            hers = hers.intermediate("intermediate " + i);
        }
        TestMember member = hers.issue("+bob@example.com");
        assertThat(member.chain().subList(1, depth + 1))
                .noneMatch(each -> each.getIssuerX500Principal().equals(each.getSubjectX500Principal()));
        try (Identity bob = identity(member);
                Identity alice = identity(AUTHORITY.intermediate("another").issue("+alice@example.com"))) {
            for (Identity other : List.of(GRAY, alice)) {
                for (TlsRole role : TlsRole.values()) {
                    TlsPair pair = pair(
                            role,
                            bob.newEngine(role, List.of("grasp")),
                            other.newEngine(other(role), List.of("grasp")));
                    assertThat(pair.client.isEstablished()).isTrue();
                    assertThat(pair.server.isEstablished()).isTrue();
                    TlsPair.Side others = role == TlsRole.CLIENT ? pair.server : pair.client;
                    assertThat(others.engine.getSession().getPeerCertificates())
                            .as("the whole path without the trust anchor")
                            .hasSize(depth + 1);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void enginesOfferTheVersionsAndSuitesOfRfc8994(TlsRole role) {
        SSLEngine engine = GRAY.newEngine(role, List.of("grasp"));

        assertThat(engine.getEnabledProtocols()).containsExactly("TLSv1.3", "TLSv1.2");
        assertThat(engine.getEnabledCipherSuites())
                .containsExactly(
                        "TLS_AES_256_GCM_SHA384",
                        "TLS_CHACHA20_POLY1305_SHA256",
                        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
        assertThat(engine.getNeedClientAuth()).isEqualTo(role == TlsRole.SERVER);
        assertThat(engine.getSSLParameters().getEndpointIdentificationAlgorithm())
                .isNull();
    }

    /** A peer that prefers weaker suites and can resume sessions gets AES-256, and is checked each time. */
    @ParameterizedTest
    @CsvSource({"CLIENT, TLSv1.2", "CLIENT, TLSv1.3", "SERVER, TLSv1.2", "SERVER, TLSv1.3"})
    void eachHandshakeHasTheWholeCheck(TlsRole role, String version) throws Exception {
        TestPeer peer = TestPeer.with(AUTHORITY.issue("+peer@example.com"));
        for (int i = 1; i <= 3; i++) {
            TlsPair pair = pair(
                    role,
                    GRAY.newEngine(role, List.of("grasp")),
                    role == TlsRole.SERVER ? peer.newResumingEngine(version) : peer.newEngine(TlsRole.SERVER, version));
            assertThat(pair.server.isEstablished()).isTrue();
            assertThat(pair.client.isEstablished()).isTrue();
            assertThat(pair.client.engine.getSession().getProtocol()).isEqualTo(version);
            assertThat(pair.client.engine.getSession().getCipherSuite()).contains("AES_256");
            pair.write(pair.server, "data, after which a client knows its session tickets");
            pair.write(pair.client, "data");
            assertThat(peer.checks()).isEqualTo(i);
        }
        // The peer proves that it would have resumed: with a peer of its own kind, only one handshake is a full one.
        TestPeer same = TestPeer.with(AUTHORITY.issue("+peer@example.com"));
        for (int i = 1; i <= 3; i++) {
            TlsPair pair =
                    new TlsPair(peer.newResumingEngine(version), same.newEngine(TlsRole.SERVER, version)).handshake();
            pair.write(pair.server, "data");
            pair.write(pair.client, "data");
        }
        assertThat(same.checks()).isEqualTo(1);
    }

    /** The other way of counting: what the peer can do once its trust was withdrawn. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aPeerCannotResumeWhenItsCertificateHasExpired(String version) throws Exception {
        Instant now = Instant.now();
        TestMember member = AUTHORITY
                .request()
                .nodeName("+peer@example.com")
                .validity(now.minusSeconds(60), now.plusSeconds(60))
                .issue();
        TestMember own = AUTHORITY.issue("+own@example.com");
        MutableClock clock = new MutableClock(now);
        TestPeer peer = TestPeer.with(member);
        try (Identity identity = Identity.open(
                IdentityConfig.of(own.chain(), own.key(), List.of(own.anchor())).withClock(clock))) {
            TlsPair first = pair(
                    TlsRole.SERVER,
                    identity.newEngine(TlsRole.SERVER, List.of("grasp")),
                    peer.newResumingEngine(version));
            first.write(first.server, "data");
            assertThat(first.client.received()).isEqualTo("data");
            clock.advance(Duration.ofMinutes(2));
            TlsPair second = pair(
                    TlsRole.SERVER,
                    identity.newEngine(TlsRole.SERVER, List.of("grasp")),
                    peer.newResumingEngine(version));
            assertThat(HandshakeFailures.of(second.server.failure).reason()).isEqualTo(PeerRefusal.EXPIRED);
        }
    }

    /** TLS 1.2 lets both sides begin another handshake on a connection. */
    @ParameterizedTest
    @EnumSource
    void aPeerCannotRenegotiate(TlsRole role) throws Exception {
        TestPeer peer = TestPeer.with(AUTHORITY.issue("+peer@example.com"));
        TlsPair pair = pair(role, GRAY.newEngine(role, List.of("grasp")), peer.newEngine(other(role), "TLSv1.2"));
        assertThat(pair.server.isEstablished()).isTrue();
        TlsPair.Side ours = role == TlsRole.CLIENT ? pair.client : pair.server;
        TlsPair.Side peers = role == TlsRole.CLIENT ? pair.server : pair.client;

        peers.engine.getSession().invalidate();
        peers.engine.beginHandshake();
        pair.run();

        assertThat(peer.checks()).isEqualTo(1);
        assertThat(ours.failure).isNotNull();
        assertThat(ours.engine.isOutboundDone()).isTrue();

        // The peer proves that it can: with a peer of its own kind, it does.
        TestPeer same = TestPeer.with(AUTHORITY.issue("+peer@example.com"));
        TlsPair lax = pair(role, same.newEngine(role, "TLSv1.2"), peer.newEngine(other(role), "TLSv1.2"));
        TlsPair.Side renegotiating = role == TlsRole.CLIENT ? lax.server : lax.client;
        renegotiating.engine.getSession().invalidate();
        renegotiating.engine.beginHandshake();
        lax.run();
        assertThat(same.checks()).isEqualTo(2);
    }

    /** RFC 8994 section 6.2.1 and 6.2.4: kinds of keys, and lengths of paths. */
    @ParameterizedTest
    @CsvSource({
        "EC_P384, EC_P521, 1, CLIENT, TLSv1.3",
        "EC_P256, EC_P384, 2, SERVER, TLSv1.2",
        "RSA_2048, RSA_2048, 0, CLIENT, TLSv1.2",
        "RSA_2048, EC_P256, 0, SERVER, TLSv1.2",
        "RSA_2048, EC_P256, 0, CLIENT, TLSv1.3",
        "EC_P256, RSA_2048, 1, SERVER, TLSv1.3"
    })
    void keysAndPathsThatMustWork(TestKeys authority, TestKeys key, int intermediates, TlsRole role, String version)
            throws Exception {
        TestAuthority root = TestAuthority.create("root", authority);
        TestAuthority issuer = root;
        for (int i = 0; i < intermediates; i++) {
            issuer = issuer.intermediate("intermediate " + i);
        }
        try (Identity one = identity(
                        issuer.request().nodeName("+one@example.com").key(key).issue());
                Identity two = identity(root.issue("+two@example.com"))) {
            SSLEngine limited = two.newEngine(other(role), List.of("grasp"));
            limited.setEnabledProtocols(new String[] {version});
            TlsPair pair = pair(role, one.newEngine(role, List.of("grasp")), limited);
            assertThat(pair.client.failure).isNull();
            assertThat(pair.server.failure).isNull();
            assertThat(pair.server.isEstablished()).isTrue();
        }
    }

    @Test
    void membersOfTwoAuthoritiesAcceptEachOtherIfBothAreTrustAnchors() throws Exception {
        TestAuthority other = TestAuthority.create("second authority of example.com");
        TestMember first = AUTHORITY.issue("+one@example.com");
        TestMember second = other.issue("+two@example.com");
        List<X509Certificate> anchors = List.of(AUTHORITY.anchor(), other.anchor());
        try (Identity one = Identity.open(IdentityConfig.of(first.chain(), first.key(), anchors));
                Identity two = Identity.open(IdentityConfig.of(second.chain(), second.key(), anchors))) {
            TlsPair pair = pair(
                    TlsRole.CLIENT,
                    one.newEngine(TlsRole.CLIENT, List.of("grasp")),
                    two.newEngine(TlsRole.SERVER, List.of("grasp")));
            assertThat(pair.server.isEstablished()).isTrue();
        }
    }

    /** RFC 8994 section 6.2.4. */
    @Test
    void theTrustAnchorIsNotSent() throws Exception {
        TestAuthority intermediate = AUTHORITY.intermediate("intermediate");
        TestMember member = intermediate.issue("+one@example.com");
        List<X509Certificate> withRoot =
                List.of(member.certificate(), intermediate.certificate(), AUTHORITY.certificate());
        try (Identity identity =
                Identity.open(IdentityConfig.of(withRoot, member.key(), List.of(AUTHORITY.anchor())))) {
            TestPeer peer = TestPeer.with(AUTHORITY.issue("+peer@example.com"));
            TlsPair pair = pair(
                    TlsRole.SERVER,
                    identity.newEngine(TlsRole.SERVER, List.of("grasp")),
                    peer.newEngine(TlsRole.CLIENT, "TLSv1.3"));
            assertThat(pair.client.engine.getSession().getPeerCertificates())
                    .containsExactly(member.certificate(), intermediate.certificate());
        }
    }

    @Test
    void anIdentityThatIsNotGoodMakesNoEngine() throws Exception {
        TestMember member = AUTHORITY.issue("+one@example.com");
        Clock late = Clock.fixed(Instant.now().plus(Duration.ofDays(31)), ZoneOffset.UTC);
        try (Identity identity = Identity.open(IdentityConfig.of(member.chain(), member.key(), List.of(member.anchor()))
                .withClock(late))) {
            assertThatThrownBy(() -> identity.newEngine(TlsRole.CLIENT, List.of("grasp")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("has expired");
        }
    }

    /** A ClientHello of TLS 1.1, as an old implementation sends it. */
    @Test
    void tls11IsRefused() {
        byte[] random = new byte[32];
        Arrays.fill(random, (byte) 7);
        String hello = "0302" + HexFormat.of().formatHex(random) + "00" + "0004c013c014" + "0100";
        String message = "010000" + HexFormat.of().toHexDigits((byte) (hello.length() / 2)) + hello;
        String packet = "160302" + HexFormat.of().toHexDigits((short) (message.length() / 2)) + message;

        assertThat(failure(HexFormat.of().parseHex(packet)).reason()).isEqualTo(PeerRefusal.TLS_VERSION);
    }

    @Test
    void aPeerWithoutAPermittedSuiteIsRefused() throws Exception {
        SSLEngine peer = TestPeer.with(AUTHORITY.issue("+peer@example.com")).newEngine(TlsRole.CLIENT, "TLSv1.2");
        SSLParameters weak = peer.getSSLParameters();
        weak.setCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"});
        peer.setSSLParameters(weak);
        TlsPair pair = pair(TlsRole.SERVER, GRAY.newEngine(TlsRole.SERVER, List.of("grasp")), peer);
        assertThat(HandshakeFailures.of(pair.server.failure).reason()).isEqualTo(PeerRefusal.TLS_VERSION);
        assertThat(HandshakeFailures.of(pair.client.failure).detail()).contains("AES-256-GCM");
    }

    @Test
    void plainGraspIsNotTls() {
        byte[] discovery = HexFormat.of().parseHex("8401001a12345678440a00000184640000000000");
        assertThat(failure(discovery).reason()).isEqualTo(PeerRefusal.NOT_TLS);
    }

    private static HandshakeFailure failure(byte[] received) {
        SSLEngine engine = GRAY.newEngine(TlsRole.SERVER, List.of("grasp"));
        TlsPair pair = new TlsPair(TestPeer.withoutCertificate().newEngine(TlsRole.CLIENT, "TLSv1.3"), engine);
        pair.receive(pair.server, received);
        assertThat(pair.server.failure).isNotNull();
        return HandshakeFailures.of(pair.server.failure);
    }

    @Test
    void aPeerWithoutACommonAlpnNameIsRefused() throws Exception {
        TlsPair pair = new TlsPair(
                        GRAY.newEngine(TlsRole.CLIENT, List.of("other")),
                        BRIGGS.newEngine(TlsRole.SERVER, List.of("grasp")))
                .handshake();
        assertThat(HandshakeFailures.of(pair.server.failure).detail()).contains("ALPN");
        assertThat(HandshakeFailures.of(pair.client.failure))
                .satisfies(failure -> assertThat(failure.reason()).isEqualTo(PeerRefusal.REFUSED_BY_PEER))
                .satisfies(failure -> assertThat(failure.detail()).contains("speaks none of the protocols"));
    }

    /** BlockHound watches this thread. */
    @Test
    void makingAnEngineAndCheckingAPeerDoNotBlock() {
        TestMember peer = AUTHORITY
                .request()
                .nodeName("+peer@example.com")
                .crl("http://127.0.0.1:9/") // no server: it is asked on another thread
                .issue();
        Mono<Integer> calls = Mono.fromCallable(() -> {
            for (int i = 0; i < 20; i++) { // more than a buffer of random bytes
                GRAY.newEngine(TlsRole.SERVER, List.of("grasp"));
            }
            GRAY.check(peer.chain());
            return GRAY.findings().size();
        });
        assertThat(calls.subscribeOn(Schedulers.parallel()).block(Duration.ofSeconds(10)))
                .isZero();
    }

    @Test
    void nothingPrintsTheKey() throws Exception {
        TestMember member = AUTHORITY.issue("+one@example.com");
        IdentityConfig config = IdentityConfig.of(member.chain(), member.key(), List.of(member.anchor()));
        String key = HexFormat.of().formatHex(member.key().getEncoded()).substring(60, 90);
        try (Identity identity = Identity.open(config)) {
            Set<String> texts = List.of(
                            config,
                            identity,
                            identity.status(),
                            identity.findings(),
                            config.source(),
                            config.source().load(),
                            OwnCheck.of(config.source().load()))
                    .stream()
                    .map(Object::toString)
                    .collect(Collectors.toSet());
            assertThat(texts).noneMatch(text -> text.contains(key) || text.contains("PrivateKey"));
        }
    }
}
