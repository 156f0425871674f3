package io.grasp.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.grasp.Proves;
import io.grasp.model.PeerRefusal;
import io.grasp.substrate.netty.Await;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.CRLDistPoint;
import org.bouncycastle.asn1.x509.DistributionPoint;
import org.bouncycastle.asn1.x509.DistributionPointName;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.ReasonFlags;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.ocsp.CertificateID;
import org.bouncycastle.cert.ocsp.OCSPReq;
import org.bouncycastle.cert.ocsp.OCSPRespBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rule 3 of the membership check: revocation lists and OCSP, from servers on the loopback interface that may lie. */
@Timeout(30)
class RevocationTest {
    private static final TestAuthority AUTHORITY = TestAuthority.create("authority of example.com");

    /** What each path of the server responds with; {@code null} for 404. */
    private final Map<String, byte[]> published = new ConcurrentHashMap<>();

    private final Map<String, AtomicInteger> requests = new ConcurrentHashMap<>();
    private final AtomicInteger changes = new AtomicInteger();
    private HttpServer server;
    private boolean isStopped;
    /** The server responds when it has been counted down. */
    private volatile CountDownLatch released = new CountDownLatch(0);

    private Identity gray;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::respond);
        server.start();
        gray = open(grayConfig());
        gray.onChange(changes::incrementAndGet);
    }

    private static IdentityConfig grayConfig() {
        TestMember member = AUTHORITY.issue("+gray@example.com");
        return IdentityConfig.of(member.chain(), member.key(), List.of(member.anchor()))
                .withRevocationTimeout(Duration.ofSeconds(20));
    }

    /** {@return a member whose certificate names a responder} */
    private TestMember bobWithResponder() {
        return AUTHORITY
                .request()
                .nodeName("+bob@example.com")
                .ocsp(url("/ocsp"))
                .issue();
    }

    private static Identity open(IdentityConfig config) throws IdentityException {
        return Identity.open(config);
    }

    @AfterEach
    void stop() throws IOException {
        gray.close();
        if (!isStopped) {
            stopServer();
        }
    }

    /** The JDK's server never closes a connection that it accepts while it is stopped; the next tests would find it open. */
    private void stopServer() throws IOException {
        try (Socket last =
                new Socket(InetAddress.getLoopbackAddress(), server.getAddress().getPort())) {
            last.getOutputStream().write("GET /last HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            last.getInputStream().readAllBytes();
        }
        server.stop(0);
        isStopped = true;
    }

    private void respond(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        try {
            assertThat(released.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        count(path).incrementAndGet();
        byte[] request = exchange.getRequestBody().readAllBytes();
        byte[] content = published.get(path);
        if (path.startsWith("/ocsp") && content != null) {
            boolean revoked = content.length > 0;
            content = path.equals("/ocsp-unknown")
                    ? AUTHORITY.ocspOfUnknown(request)
                    : AUTHORITY.ocsp(request, serial -> revoked);
        }
        if (path.equals("/moved")) {
            exchange.getResponseHeaders().add("Location", url("/crl"));
            exchange.sendResponseHeaders(302, -1);
        } else if (content == null) {
            exchange.sendResponseHeaders(404, -1);
        } else {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
        }
        exchange.close();
    }

    private AtomicInteger count(String path) {
        return requests.computeIfAbsent(path, first -> new AtomicInteger());
    }

    private String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private TestMember member(String path) {
        return AUTHORITY.request().nodeName("+bob@example.com").crl(url(path)).issue();
    }

    private void assertAccepted(TestMember member) {
        assertThatCode(() -> gray.check(member.chain())).doesNotThrowAnyException();
    }

    private void assertRevoked(TestMember member) {
        assertRevoked(() -> gray.check(member.chain()));
    }

    private static void assertRevoked(ThrowingCallable check) {
        assertThatThrownBy(check)
                .isInstanceOfSatisfying(
                        MembershipException.class,
                        thrown -> assertThat(thrown.reason()).isEqualTo(PeerRefusal.REVOKED))
                .hasMessageContaining("has been revoked by its authority");
    }

    /** A check makes the node fetch the list that the certificate names. */
    private void learn(TestMember member) throws Exception {
        try {
            gray.check(member.chain());
        } catch (MembershipException revoked) {
            // The fetch that the check has begun can be faster than the rest of the check.
            assertThat(revoked.reason()).isEqualTo(PeerRefusal.REVOKED);
        }
        gray.fetchRevocationNow();
    }

    @Test
    @Proves("8994-6.2.3-4")
    void aRevokedMemberIsRefusedOnceTheListIsThereAndListenersAreNotified() throws Exception {
        TestMember good = member("/crl");
        TestMember revoked = member("/crl");
        published.put("/crl", AUTHORITY.crl(revoked.certificate()));

        released = new CountDownLatch(1);
        assertAccepted(revoked); // nothing is known yet, and the check does not wait
        released.countDown();
        Await.until("a notice", () -> changes.get() > 0);

        assertRevoked(revoked);
        assertAccepted(good);
        assertThat(count("/crl")).hasValue(1);
        assertThat(gray.status().detail()).isEmpty();
        TlsPair pair = new TlsPair(
                        TestPeer.with(revoked).newEngine(TlsRole.CLIENT, "TLSv1.3"),
                        gray.newEngine(TlsRole.SERVER, List.of("grasp")))
                .handshake();
        assertThat(HandshakeFailures.of(pair.server.failure).reason()).isEqualTo(PeerRefusal.REVOKED);
    }

    @Test
    void aListIsFetchedAgainSoThatAMemberThatIsRevokedLaterIsNoticed() throws Exception {
        gray.close();
        gray = open(grayConfig().withRevocationRefresh(Duration.ofMillis(100)));
        CountDownLatch changed = new CountDownLatch(1);
        gray.onChange(changed::countDown);
        TestMember member = member("/crl");
        published.put("/crl", AUTHORITY.crl());
        learn(member);
        assertAccepted(member);

        published.put("/crl", AUTHORITY.crl(member.certificate()));

        assertThat(changed.await(10, TimeUnit.SECONDS)).isTrue();
        assertRevoked(member);
    }

    @Test
    void nothingIsFetchedForACertificateWithoutAPathToATrustAnchor() throws Exception {
        TestAuthority foreign = TestAuthority.create("authority of mallory");
        TestMember outsider = foreign.request()
                .nodeName("+mallory@example.com")
                .crl(url("/crl"))
                .ocsp(url("/ocsp"))
                .issue();

        assertThatThrownBy(() -> gray.check(outsider.chain())).isInstanceOf(MembershipException.class);
        gray.fetchRevocationNow();

        assertThat(requests).isEmpty();
    }

    /** The mechanism cannot be used, so the rule is skipped, and the operator can see why (RFC 8994 section 6.2.3). */
    @Test
    void aServerThatHasNothingUsableIsAsIfThereWereNone() throws Exception {
        TestMember member = member("/crl");
        TestAuthority sameName = TestAuthority.create("authority of example.com");
        Instant now = Instant.now();
        learn(member);
        assertThat(gray.status().detail())
                .contains("/crl could not be fetched: the server's response has the status 404");
        assertThat(gray.status().good()).isTrue();
        assertThat(changes).as("the operator is notified").hasValue(1);

        Map<String, byte[]> useless = Map.of(
                "it is no revocation list", "<html>not found</html>".getBytes(StandardCharsets.US_ASCII),
                "Signature does not match", sameName.crl(member.certificate()),
                "another issuer", TestAuthority.create("other").crl(member.certificate()),
                "more than 1048576 bytes", new byte[(1 << 20) + 1],
                "begins in the future",
                        AUTHORITY.crl(now.plusSeconds(3600), now.plusSeconds(7200), 1, member.certificate()));
        for (Map.Entry<String, byte[]> each : useless.entrySet()) {
            published.put("/crl", each.getValue());
            learn(member);
            assertThat(gray.status().detail()).contains(each.getKey());
        }
        assertThat(changes).hasValue(1 + useless.size());

        published.put("/crl", AUTHORITY.crl(member.certificate()));
        assertThat(gray.revocationFailures()).isPositive();
        learn(member);
        assertRevoked(member);
        assertThat(gray.status().detail()).isEmpty();
        assertThat(changes).as("also of the end").hasValueGreaterThan(1 + useless.size());
        assertThat(gray.revocationFailures()).isZero();
    }

    private void openWithFastRetries() throws IdentityException {
        gray.close();
        gray = open(grayConfig().withRevocationRetry(Duration.ofMillis(50)));
        gray.onChange(changes::incrementAndGet);
    }

    /** A check of the member brings a lie, which is reported; the truth is fetched without another check. */
    private void assertAskedAgain(TestMember member, String path, byte[] lie, byte[] truth) throws Exception {
        openWithFastRetries();
        published.put(path, lie);
        assertAccepted(member);
        Await.until("the status", () -> gray.status().detail().contains(path + " was not taken: "));
        published.put(path, truth);
        Await.until("the status", () -> gray.status().detail().isEmpty());
        assertRevoked(member);
    }

    @Test
    void aLyingListServerIsAskedAgain() throws Exception {
        TestMember member = member("/crl");
        assertAskedAgain(
                member, "/crl", HostileDer.deepCrl(AUTHORITY.certificate()), AUTHORITY.crl(member.certificate()));
    }

    @Test
    void aLyingResponderIsAskedAgain() throws Exception {
        TestMember member = AUTHORITY
                .request()
                .nodeName("+bob@example.com")
                .ocsp(url("/lies"))
                .issue();
        byte[] request = OcspSource.request(member.certificate(), AUTHORITY.certificate());
        assertAskedAgain(
                member,
                "/lies",
                HostileDer.misnamed(AUTHORITY.ocsp(request, serial -> false), AUTHORITY.certificate()),
                AUTHORITY.ocsp(request, serial -> true));
    }

    @Test
    void whateverAServerSendsIsTakenOrRefusedInWords() throws Exception {
        TestMember member = member("/crl");
        X509Certificate issuer = AUTHORITY.certificate();
        byte[] response = AUTHORITY.ocsp(OcspSource.request(member.certificate(), issuer), serial -> false);
        URI url = URI.create(url("/"));
        OcspSource responder = new OcspSource(url, member.certificate(), issuer);
        assertThatThrownBy(() -> responder.accept(HostileDer.misnamed(response, issuer), Instant.now()))
                .isInstanceOf(RevocationDataException.class)
                .hasMessageContaining("improperly specified input name");
        assertThatThrownBy(() -> new CrlSource(url, issuer).accept(HostileDer.deepCrl(issuer), Instant.now()))
                .isInstanceOf(RevocationDataException.class);
        SplittableRandom random = new SplittableRandom(7);
        byte[] list = AUTHORITY.crl();
        for (int i = 0; i < 200; i++) {
            acceptMutated(responder, response, random);
            acceptMutated(new CrlSource(url, issuer), list, random);
        }
    }

    private static void acceptMutated(RevocationSource source, byte[] valid, SplittableRandom random) {
        try {
            source.accept(HostileDer.mutated(valid, random), Instant.now());
        } catch (RevocationDataException refused) {
            assertThat(refused).hasMessageMatching("\\P{Cntrl}+");
        }
    }

    @Test
    void aFetchThatFailsInAnUnusualWayIsReportedAndRetried() throws Exception {
        openWithFastRetries();
        assertAccepted(AUTHORITY
                .request()
                .nodeName("+bob@example.com")
                .crl("http://127.0.0.1:99999/crl")
                .issue());
        Await.until("the status", () -> gray.status().detail().contains("99999/crl could not be fetched: "));
        assertThat(gray.status().detail()).contains("port out of range");
        Await.until("failures", () -> gray.revocationFailures() > 2);
    }

    /** The response of an OCSP responder that a TLS server passes on: as bad as that of a lying responder. */
    @Test
    void aStapledResponseThatCannotBeReadIsAsIfThereWereNone() throws Exception {
        TestMember member = bobWithResponder();
        byte[] request = OcspSource.request(member.certificate(), AUTHORITY.certificate());
        byte[] lie = HostileDer.misnamed(AUTHORITY.ocsp(request, serial -> false), AUTHORITY.certificate());
        assertThat(gray.check(member.chain(), List.of(lie)).nodeName()).hasToString("+bob@example.com");
    }

    @Test
    void aStapledResponseThatRevokesIsNotified() throws Exception {
        TestMember member = askedAt(url("/ocsp"));
        byte[] request = OcspSource.request(member.certificate(), AUTHORITY.certificate());
        byte[] response = AUTHORITY.ocsp(request, serial -> true);
        assertRevoked(() -> gray.check(member.chain(), List.of(response)));
        Await.until("a notice", () -> changes.get() > 0);
        assertRevoked(member);
    }

    @Test
    void anOlderListIsNotTaken() throws Exception {
        Instant now = Instant.now();
        TestMember member = member("/crl");
        published.put("/crl", AUTHORITY.crl(now, now.plusSeconds(3600), 7, member.certificate()));
        learn(member);
        assertRevoked(member);

        for (byte[] older : List.of(
                AUTHORITY.crl(now.minusSeconds(60), now.plusSeconds(3600), 7),
                AUTHORITY.crl(now, now.plusSeconds(3600), 6))) {
            published.put("/crl", older);
            gray.fetchRevocationNow();
            assertRevoked(member);
            assertThat(gray.status().detail()).contains("is older");
        }

        published.put("/crl", AUTHORITY.crl(now, now.plusSeconds(3600), 8)); // a hold has ended
        gray.fetchRevocationNow();
        assertAccepted(member);
    }

    @Test
    void aListThatHasEndedStillRevokes() throws Exception {
        Instant now = Instant.now();
        TestMember member = member("/crl");
        published.put("/crl", AUTHORITY.crl(now.minusSeconds(7200), now.minusSeconds(3600), 7, member.certificate()));
        learn(member);
        assertRevoked(member);
        assertThat(gray.status().detail()).contains("is out of date since");
    }

    /** Connections of a member that has renewed outlive the former certificate, unless that was revoked. */
    @Test
    void aRevokedCertificateThatHasExpiredIsReportedAsRevoked() throws Exception {
        MutableClock clock = new MutableClock(Instant.now());
        gray.close();
        gray = open(grayConfig().withClock(clock));
        TestMember good = shortLived(clock);
        TestMember revoked = shortLived(clock);
        published.put("/crl", AUTHORITY.crl(revoked.certificate()));
        learn(good);
        assertThat(gray.remaining(good.chain())).isBetween(Duration.ofMinutes(59), Duration.ofMinutes(60));

        clock.advance(Duration.ofHours(2));

        assertRevoked(revoked);
        assertThatThrownBy(() -> gray.check(good.chain()))
                .isInstanceOfSatisfying(
                        MembershipException.class,
                        thrown -> assertThat(thrown.reason()).isEqualTo(PeerRefusal.EXPIRED));
        assertThat(gray.remaining(good.chain())).isZero();
    }

    private TestMember shortLived(MutableClock clock) {
        return AUTHORITY
                .request()
                .nodeName("+bob@example.com")
                .crl(url("/crl"))
                .validity(clock.instant().minusSeconds(60), clock.instant().plusSeconds(3600))
                .issue();
    }

    /** The end of a change from one root to another: the former revokes the certificate that it has issued. */
    @Test
    void anIdentityIsGoodAsLongAsOneOfItsPathsIs() throws Exception {
        gray.close();
        TestAuthority other = TestAuthority.create("another root");
        TestAuthority intermediate = AUTHORITY.intermediate("intermediate", url("/root"));
        X509Certificate byOther = other.certify(intermediate);
        TestMember member = intermediate.issue("+gray@example.com");
        List<X509Certificate> chain = List.of(member.certificate(), intermediate.certificate(), byOther);
        published.put("/root", AUTHORITY.crl(intermediate.certificate()));
        gray = open(IdentityConfig.of(chain, member.key(), List.of(AUTHORITY.certificate(), other.certificate())));
        gray.fetchRevocationNow();
        assertThat(gray.findings()).isEmpty();
        assertThat(gray.check(chain).nodeName()).hasToString("+gray@example.com");
        assertThat(gray.remaining(chain)).isPositive();

        gray.close();
        gray = open(IdentityConfig.of(member.chain(), member.key(), List.of(AUTHORITY.certificate())));
        gray.fetchRevocationNow();
        assertThat(gray.findings())
                .extracting(IdentityFinding::check)
                .containsExactly(IdentityFinding.Check.REVOCATION);
        assertThat(gray.remaining(member.chain())).isZero();
    }

    /** Without a list of the root, the list of the intermediate authority still counts. */
    @Test
    void aMissingListOfAnIntermediateAuthorityHidesNothing() throws Exception {
        TestAuthority intermediate = AUTHORITY.intermediate("intermediate", url("/root"));
        TestMember member = intermediate
                .request()
                .nodeName("+bob@example.com")
                .crl(url("/crl"))
                .issue();
        published.put("/crl", intermediate.crl(member.certificate()));
        learn(member);
        assertRevoked(member);

        TestMember other = intermediate
                .request()
                .nodeName("+eve@example.com")
                .crl(url("/crl"))
                .issue();
        assertAccepted(other);
        Await.until("a request", () -> count("/root").get() > 0);
        assertRevoked(member);
        assertAccepted(other);
        published.put("/root", AUTHORITY.crl(intermediate.certificate()));
        gray.fetchRevocationNow();
        assertRevoked(other);
    }

    /** The responder accepts connections and is silent. */
    @Test
    void slowRespondersDoNotDelayRevocationLists() throws Exception {
        try (ServerSocket slow = new ServerSocket(0, 100, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < 10; i++) {
                assertAccepted(askedAt("http://127.0.0.1:" + slow.getLocalPort() + "/ocsp"));
            }
            assertRevokedSoon();
        }
    }

    @Test
    void oneSlowResponderDoesNotDelayOthers() throws Exception {
        try (ServerSocket slow = new ServerSocket(0, 100, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < 10; i++) {
                assertAccepted(askedAt("http://127.0.0.1:" + slow.getLocalPort() + "/ocsp"));
            }
            published.put("/ocsp", new byte[1]);
            TestMember member = askedAt(url("/ocsp"));
            assertAccepted(member);
            Await.until("a notice", () -> changes.get() > 0);
            assertRevoked(member);
        }
    }

    private static TestMember askedAt(String url) {
        return AUTHORITY.request().nodeName("+bob@example.com").ocsp(url).issue();
    }

    /** Before a fetch is given up after 20 s. */
    private void assertRevokedSoon() throws Exception {
        TestMember member = member("/crl");
        published.put("/crl", AUTHORITY.crl(member.certificate()));
        released = new CountDownLatch(1);
        assertAccepted(member);
        released.countDown();
        Await.until("a notice", () -> changes.get() > 0);
        assertRevoked(member);
    }

    @Test
    void whatWasForgottenBeforeItsTurnIsNotFetched() throws Exception {
        gray.close();
        gray = open(grayConfig().withMaxRevocationSources(2));
        gray.onChange(changes::incrementAndGet);
        released = new CountDownLatch(1);
        for (int i = 0; i < 10; i++) {
            assertAccepted(askedAt(url("/ocsp" + i)));
        }
        released.countDown();
        Await.until("a request", () -> count("/ocsp9").get() == 1);
        assertThat(requests.keySet()).doesNotContain("/ocsp5", "/ocsp6", "/ocsp7");
    }

    @Test
    void redirectsAreNotFollowed() throws Exception {
        TestMember member = member("/moved");
        published.put("/crl", AUTHORITY.crl(member.certificate()));
        learn(member);
        assertAccepted(member);
        assertThat(gray.status().detail()).contains("status 302");
        assertThat(requests).doesNotContainKey("/crl");
    }

    @Test
    void aSlowServerIsGivenUpAndBlocksNoCheck() throws Exception {
        try (ServerSocket slow = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread dripping = new Thread(() -> drip(slow));
            dripping.start();
            gray.close();
            gray = open(grayConfig().withRevocationTimeout(Duration.ofMillis(250)));
            TestMember member = AUTHORITY
                    .request()
                    .nodeName("+bob@example.com")
                    .crl("http://127.0.0.1:" + slow.getLocalPort() + "/")
                    .issue();
            long start = System.nanoTime();
            learn(member);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(200), Duration.ofSeconds(10));
            assertAccepted(member);
            assertThat(gray.status().detail())
                    .contains("could not be fetched: ")
                    .contains("time");
            slow.close();
            dripping.join();
        }
    }

    /** The resolver does not return for most names until the test lets it. */
    @Test
    @Tag("long")
    void hostNamesThatAreNotResolvedEndTheirFetchesInTimeAndDelayNoOtherName() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        List<String> asked = new CopyOnWriteArrayList<>();
        gray.close();
        gray = open(grayConfig().withRevocationTimeout(Duration.ofMillis(300)).withResolver(name -> {
            asked.add(name);
            try {
                if (!name.equals("live.example")) {
                    answered.await();
                }
            } catch (InterruptedException ignored) {
                // as the system's resolver
            }
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
        }));
        gray.onChange(changes::incrementAndGet);
        try {
            TestMember named =
                    listedAt("http://Crl.example:" + server.getAddress().getPort() + "/crl");
            long start = System.nanoTime();
            learn(named);
            gray.fetchRevocationNow();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
            assertThat(asked).as("later fetches wait for the same lookup").containsExactly("crl.example");
            assertThat(gray.status().detail()).contains("the host name was not resolved in time");
            for (int i = 0; i < 10; i++) {
                assertAccepted(listedAt("http://crl" + i + ".example/"));
            }
            gray.fetchRevocationNow();
            assertThat(asked).as("one lookup for each").hasSize(11).doesNotHaveDuplicates();
            assertThat(threads("grasp-revocation-names")).isEqualTo(11);
            TestMember live =
                    listedAt("http://live.example:" + server.getAddress().getPort() + "/live");
            published.put("/live", AUTHORITY.crl(live.certificate()));
            learn(live);
            assertRevoked(live);
            TestMember unnamed = member("/crl");
            published.put("/crl", AUTHORITY.crl(unnamed.certificate(), named.certificate()));
            learn(unnamed);
            assertRevoked(unnamed);

            answered.countDown();
            gray.fetchRevocationNow();
            assertRevoked(named);
            gray.close();
            Await.until("the end of its threads", () -> ownThreads() == 0);
        } finally {
            answered.countDown();
        }
    }

    private static TestMember listedAt(String url) {
        return AUTHORITY.request().nodeName("+bob@example.com").crl(url).issue();
    }

    /** One byte at a time, each well before a timeout of its own. */
    private static void drip(ServerSocket server) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                OutputStream out = socket.getOutputStream();
                out.write("HTTP/1.0 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
                while (true) {
                    out.write('x');
                    Thread.sleep(20);
                }
            } catch (IOException | InterruptedException closed) {
                // The client has given up, or the test has ended.
            }
        }
    }

    @Test
    void ocspSaysWhoIsRevoked() throws Exception {
        TestMember member = bobWithResponder();
        published.put("/ocsp", new byte[0]);
        learn(member);
        assertAccepted(member);
        assertThat(gray.status().detail()).isEmpty();
        assertThat(count("/ocsp").get()).isPositive();

        published.put("/ocsp", new byte[1]);
        gray.fetchRevocationNow();
        assertRevoked(member);
        assertThat(changes).hasValue(1);

        published.put("/ocsp", new byte[0]);
        gray.fetchRevocationNow();
        assertRevoked(member);
    }

    /** As a list does, also when the certificate is not valid at the true time, which the responder knows. */
    @Test
    void ocspRevokesAlsoForANodeWithoutTheTime() throws Exception {
        Duration day = Duration.ofDays(1);
        Instant now = Instant.now();
        for (Instant from : List.of(now.minus(day), now.plus(day), now.minus(day.multipliedBy(3)))) {
            gray.close();
            gray = open(grayConfig().withClock(new MutableClock(Instant.EPOCH)).withUntrustedClock());
            published.put("/ocsp", new byte[0]);
            TestMember member = AUTHORITY
                    .request()
                    .nodeName("+bob@example.com")
                    .validity(from, from.plus(day.multipliedBy(2)))
                    .ocsp(url("/ocsp"))
                    .issue();
            learn(member);
            assertAccepted(member);
            assertThat(gray.status().detail()).isEmpty();

            published.put("/ocsp", new byte[1]);
            learn(member);
            assertRevoked(member);
        }
    }

    /** "An OCSP check for the peer's certificate MUST succeed", if there is a responder that can be asked. */
    @Test
    @Proves("8994-6.2.3-4")
    void aCertificateThatItsResponderDoesNotKnowIsRefusedUntilItDoes() throws Exception {
        TestMember member = bobWithResponder();
        OcspSource source = new OcspSource(URI.create(url("/ocsp")), member.certificate(), AUTHORITY.certificate());
        byte[] request = OcspSource.request(member.certificate(), AUTHORITY.certificate());
        assertThat(source.accept(AUTHORITY.ocspOfUnknown(request), Instant.now())
                        .isNew())
                .isTrue();
        assertThat(source.revokes(member.certificate(), AUTHORITY.certificate()))
                .isTrue();
        assertThat(source.verdict()).isEqualTo("is not one that its authority knows");
        source.accept(AUTHORITY.ocsp(request, serial -> false), Instant.now());
        assertThat(source.revokes(member.certificate(), AUTHORITY.certificate()))
                .isFalse();
        byte[] tryLater =
                new OCSPRespBuilder().build(OCSPRespBuilder.TRY_LATER, null).getEncoded();
        assertThatThrownBy(() -> source.accept(tryLater, Instant.now())).isInstanceOf(RevocationDataException.class);
        assertThat(source.revokes(member.certificate(), AUTHORITY.certificate()))
                .as("nothing has signed that it is unknown")
                .isFalse();

        for (byte[] unsigned : List.of(
                new byte[] {0x30, 3, 0x0A, 1, 0}, // successful, without a response
                new byte[] {0x30, 7, 0x0A, 1, 0, (byte) 0xA0, 2, 0x30, 0},
                new byte[] {0x30, 3, 0x0A, 1, 0, 'x', 'y'})) {
            assertThatThrownBy(() -> source.accept(unsigned, Instant.now()))
                    .isInstanceOf(RevocationDataException.class);
        }

        TestMember unknown = AUTHORITY
                .request()
                .nodeName("+eve@example.com")
                .ocsp(url("/ocsp-unknown"))
                .issue();
        published.put("/ocsp-unknown", new byte[0]);
        learn(unknown);
        assertThatThrownBy(() -> gray.check(unknown.chain()))
                .isInstanceOf(MembershipException.class)
                .hasMessageContaining("is not one that its authority knows");
    }

    private CountDownLatch whenKnown(TestMember member) {
        CountDownLatch known = new CountDownLatch(1);
        gray.whenRevocationIsKnown(member.chain(), known::countDown);
        return known;
    }

    @Test
    @Proves("8994-6.2.3-4")
    void aRevokedMemberIsRefusedAtItsFirstContactAsSoonAsTheAnswersAreThere() throws Exception {
        gray.close();
        gray = open(grayConfig().withRevocationWait(Duration.ofSeconds(20)));
        published.put("/ocsp", new byte[1]);
        released = new CountDownLatch(1);
        TestMember member = bobWithResponder();
        assertAccepted(member); // nothing is known
        CountDownLatch known = whenKnown(member);
        assertThat(known.getCount()).isOne();

        released.countDown();
        assertThat(known.await(10, TimeUnit.SECONDS)).isTrue();
        assertRevoked(member);
        assertThat(whenKnown(member).getCount()).as("known already").isZero();
    }

    @Test
    void aPlaceThatCannotBeAskedIsNotWaitedForAgain() throws Exception {
        gray.close();
        gray = open(grayConfig().withRevocationWait(Duration.ofSeconds(20)));
        TestMember member = AUTHORITY
                .request()
                .nodeName("+bob@example.com")
                .crl(url("/missing"))
                .issue();
        assertThat(whenKnown(member).await(10, TimeUnit.SECONDS)).isTrue();
        assertAccepted(member);
        assertThat(whenKnown(member).getCount()).isZero();
        assertThat(whenKnown(AUTHORITY.issue("+bob@example.com")).getCount())
                .as("names no place")
                .isZero();
    }

    @Test
    void aSlowPlaceIsWaitedForNoLongerThanTheSettingsSayAndNotWhenTheIdentityIsClosed() throws Exception {
        gray.close();
        gray = open(grayConfig().withRevocationWait(Duration.ofMillis(1)));
        published.put("/ocsp", new byte[1]);
        released = new CountDownLatch(1);
        TestMember member = bobWithResponder();
        assertThat(whenKnown(member).await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(whenKnown(member).getCount())
                .as("the next connection does not wait again")
                .isZero();
        gray.close();
        gray = open(grayConfig().withRevocationWait(Duration.ofMinutes(10)));
        CountDownLatch known = whenKnown(member);
        gray.close();
        assertThat(known.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(whenKnown(member).getCount()).as("closed before").isZero();
        released.countDown();
    }

    @Test
    void anOcspResponderThatIsDownOrOfAnotherAuthorityIsSkipped() throws Exception {
        TestMember member = AUTHORITY
                .intermediate("intermediate")
                .request()
                .nodeName("+bob@example.com")
                .ocsp(url("/ocsp"))
                .issue();
        learn(member);
        assertThat(gray.status().detail()).contains("status 404");
        published.put("/ocsp", new byte[1]); // signed by the root, which has not issued the certificate
        learn(member);
        assertAccepted(member);
        assertThat(gray.status().detail()).contains("OCSP response");
    }

    /** The JDK would fetch on the thread of the check what certificates point to. */
    @Test
    void checkingAnOcspResponseFetchesNoList() throws Exception {
        TestMember member = AUTHORITY
                .request()
                .nodeName("+bob@example.com")
                .crl(url("/crl"))
                .issue();
        OcspSource source = new OcspSource(URI.create(url("/ocsp")), member.certificate(), AUTHORITY.certificate());
        byte[] request = OcspSource.request(member.certificate(), AUTHORITY.certificate());
        source.accept(AUTHORITY.ocsp(request, serial -> true), null);
        assertThat(source.revokes(member.certificate(), AUTHORITY.certificate()))
                .isTrue();
        assertThat(source.revokes(AUTHORITY.certificate(), AUTHORITY.certificate()))
                .isFalse();
        assertThatThrownBy(() -> source.accept("rubbish".getBytes(StandardCharsets.US_ASCII), null))
                .isInstanceOf(RevocationDataException.class);
        assertThat(requests).isEmpty();
    }

    @Test
    void anOcspRequestNamesTheCertificate() throws Exception {
        TestMember member = AUTHORITY.issue("+bob@example.com");
        OCSPReq request = new OCSPReq(OcspSource.request(member.certificate(), AUTHORITY.certificate()));
        CertificateID expected = new CertificateID(
                new JcaDigestCalculatorProviderBuilder().build().get(CertificateID.HASH_SHA1),
                new JcaX509CertificateHolder(AUTHORITY.certificate()),
                member.certificate().getSerialNumber());
        assertThat(request.getRequestList())
                .singleElement()
                .extracting(each -> each.getCertID())
                .isEqualTo(expected);
    }

    @Test
    void aNodeNoticesThatItIsRevokedItself() throws Exception {
        TestMember own = member("/crl");
        published.put("/crl", AUTHORITY.crl(own.certificate()));
        try (Identity revoked = open(IdentityConfig.of(own.chain(), own.key(), List.of(own.anchor())))) {
            Await.until("the own revocation", () -> !revoked.status().good());
            assertThat(revoked.findings())
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.check()).isEqualTo(IdentityFinding.Check.REVOCATION))
                    .satisfies(finding -> assertThat(finding.sentence()).startsWith("the certificate of "));
        }
    }

    @Test
    void aRevokedMemberIsNotForgottenBecauseOthersAreChecked() throws Exception {
        gray.close();
        gray = open(grayConfig().withMaxRevocationSources(3));
        TestMember listed = member("/crl");
        TestMember asked = askedAt(url("/ocsp"));
        published.put("/crl", AUTHORITY.crl(listed.certificate()));
        published.put("/ocsp", new byte[1]);
        learn(listed);
        learn(asked);
        for (int i = 0; i < 4; i++) {
            assertAccepted(member("/other" + i));
        }
        stopServer();
        assertThat(gray.revocationSources()).isEqualTo(3);
        assertRevoked(listed);
        assertRevoked(asked);
        assertThat(gray.revocationSources()).isEqualTo(3);
    }

    /** Its list is fetched again, and replaces what was kept, unless it is older. */
    @Test
    void aHoldThatHasEndedIsNoticedThoughTheListWasNotInUse() throws Exception {
        gray.close();
        gray = open(grayConfig().withMaxRevocationSources(1));
        Instant now = Instant.now();
        TestMember member = member("/crl");
        published.put("/crl", AUTHORITY.crl(now, now.plusSeconds(3600), 7, member.certificate()));
        learn(member);
        assertAccepted(member("/other"));
        published.put("/crl", AUTHORITY.crl(now, now.plusSeconds(3600), 6));
        learn(member);
        assertRevoked(member);
        assertAccepted(member("/other"));
        published.put("/crl", AUTHORITY.crl(now, now.plusSeconds(3600), 8));
        learn(member);
        assertAccepted(member);
    }

    @Test
    void whatIsKeptOfRevokedMembersIsBoundedAndTheBoundIsReported() throws Exception {
        gray.close();
        gray = open(grayConfig().withMaxRevocationSources(1).withMaxKeptRevocations(3));
        TestMember first = member("/crl0");
        TestMember second = member("/crl1");
        X509Certificate other = member("/crl").certificate();
        published.put("/crl0", AUTHORITY.crl(first.certificate(), other));
        published.put("/crl1", AUTHORITY.crl(second.certificate(), other));
        published.put("/crl2", AUTHORITY.crl());
        learn(first);
        learn(second);
        assertThat(gray.status().detail()).doesNotContain("forgotten");
        learn(member("/crl2"));
        assertThat(gray.status().detail()).contains("forgotten", "can permit more sources");
        released = new CountDownLatch(1);
        assertRevoked(second);
        assertAccepted(first);
        released.countDown();
    }

    @Test
    void whatWasForgottenIsNoProblemAnyMoreOnceItHasBeenFetchedAgain() throws Exception {
        gray.close();
        gray = open(grayConfig().withMaxRevocationSources(2).withMaxKeptRevocations(0));
        TestMember listed = member("/crl0");
        TestMember asked = askedAt(url("/ocsp"));
        published.put("/crl0", AUTHORITY.crl(listed.certificate()));
        published.put("/crl1", AUTHORITY.crl());
        published.put("/crl2", AUTHORITY.crl());
        published.put("/ocsp", new byte[1]);
        learn(listed);
        learn(asked);
        learn(member("/crl1"));
        learn(member("/crl2"));
        assertThat(gray.status().detail()).contains("forgotten");

        learn(listed);
        assertThat(gray.status().detail()).as("one of two").contains("forgotten");
        byte[] request = OcspSource.request(asked.certificate(), AUTHORITY.certificate());
        released = new CountDownLatch(1);
        assertRevoked(() -> gray.check(asked.chain(), List.of(AUTHORITY.ocsp(request, serial -> true))));
        released.countDown();
        assertRevoked(listed);
        assertThat(gray.status().detail()).doesNotContain("forgotten");
    }

    @Test
    void sourcesAreBoundedAndIfMoreAreInUseItIsReported() throws Exception {
        gray.close();
        gray = open(grayConfig().withMaxRevocationSources(3));
        published.putAll(Map.of("/crl0", AUTHORITY.crl(), "/crl1", AUTHORITY.crl(), "/crl2", AUTHORITY.crl()));
        for (int i = 0; i < 3; i++) {
            learn(member("/crl" + i));
        }
        assertThat(gray.status().problems()).isEmpty();
        for (int i = 3; i < 10; i++) {
            assertAccepted(member("/crl" + i));
        }
        assertThat(gray.revocationSources()).isEqualTo(3);
        assertThat(gray.status().problems())
                .startsWith("the certificates in use name more than 3 sources of revocation data, which are not all"
                        + " fetched again, so that a member may have been revoked without this node noticing it: the"
                        + " settings of the identity can permit more");
    }

    @Test
    void aProblemOfRevocationIsReportedBesideOthers() throws Exception {
        Instant now = Instant.now();
        TestMember own = AUTHORITY
                .request()
                .nodeName("+gray@example.com")
                .validity(now.minusSeconds(3600), now.plusSeconds(1800))
                .issue();
        gray.close();
        gray = open(IdentityConfig.of(own.chain(), own.key(), List.of(own.anchor())));
        gray.onChange(changes::incrementAndGet);
        TestMember member = member("/crl");
        learn(member);
        assertThat(gray.status().problems()).hasSize(2);
        assertThat(gray.status().detail())
                .startsWith("the certificate expires at ")
                .contains("; revocation data at ");
        assertThat(changes).hasValue(1);
        published.put("/crl", AUTHORITY.crl());
        gray.fetchRevocationNow();
        assertThat(gray.status().problems()).singleElement().asString().endsWith(": renew it");
    }

    @Test
    void problemsOfManySourcesAreReportedForTheFirstOnly() throws Exception {
        learn(member("/last-by-name"));
        for (int i = 0; i < 9; i++) {
            learn(member("/crl" + i));
            learn(askedAt(url("/ocsp")));
        }
        assertThat(gray.status().problems())
                .hasSize(9)
                .doesNotHaveDuplicates()
                .endsWith("the same holds for more sources of revocation data, which are not named here");
        assertThat(gray.status().problems().get(0)).contains("/last-by-name");
    }

    @Test
    void aListAtAHostWithAnUnderscoreIsFetched() throws Exception {
        gray.close();
        gray = open(grayConfig().withResolver(name -> new InetAddress[] {InetAddress.getLoopbackAddress()}));
        TestMember member = AUTHORITY
                .request()
                .nodeName("+bob@example.com")
                .crl("http://my_ca:" + server.getAddress().getPort() + "/crl")
                .issue();
        published.put("/crl", AUTHORITY.crl(member.certificate()));
        learn(member);
        assertRevoked(member);
    }

    @Test
    void aCertificateWhoseRevocationCannotBeLookedForIsReportedOnceOfEachKind() throws Exception {
        DistributionPoint forReasons = new DistributionPoint(
                new DistributionPointName(
                        new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, url("/crl")))),
                new ReasonFlags(ReasonFlags.keyCompromise),
                null);
        Map<String, UnaryOperator<TestAuthority.Request>> unusable = Map.of(
                "names no http URL", request -> request.crl("https://a.example/crl", "ldap://a.example/cn=crl"),
                "no usable host", request -> request.ocsp("http://1.2.3.4.5/ocsp"),
                "malformed", request -> request.distributionPoints(new DERSequence()),
                "for some reasons",
                        request -> request.distributionPoints(new CRLDistPoint(new DistributionPoint[] {forReasons})));
        int kinds = 0;
        for (Map.Entry<String, UnaryOperator<TestAuthority.Request>> each : unusable.entrySet()) {
            for (String name : List.of("+bob@example.com", "+eve@example.com")) {
                assertAccepted(each.getValue()
                        .apply(AUTHORITY.request().nodeName(name))
                        .issue());
            }
            assertThat(gray.status().problems())
                    .hasSize(++kinds)
                    .anyMatch(problem ->
                            problem.contains(each.getKey()) && problem.startsWith("the certificate of +bob@"));
        }
        gray.fetchRevocationNow();
        assertThat(changes).hasValue(1);
        assertThat(requests).isEmpty();
        assertThat(gray.status().good()).isTrue();
    }

    @Test
    void aCertificateWithOneUsableUrlIsNotReported() throws Exception {
        published.put("/crl", AUTHORITY.crl());
        learn(AUTHORITY
                .request()
                .nodeName("+bob@example.com")
                .crl("ldap://a.example/cn=crl", url("/crl"))
                .ocsp("https://a.example/ocsp")
                .issue());
        assertThat(gray.status().problems()).isEmpty();
    }

    /** Otherwise a member that is revoked during an outage of 10 minutes stays for 10 minutes more. */
    @Test
    void aSourceThatHasWorkedIsAskedAgainWithinTheRefreshTime() {
        CrlSource source = new CrlSource(URI.create("http://127.0.0.1/crl"), AUTHORITY.certificate());
        Duration refresh = Duration.ofSeconds(30);
        try (Revocation revocation = new Revocation(grayConfig().withRevocationRefresh(refresh), () -> {})) {
            assertThat(pauses(revocation, source)).startsWith(10L, 20L, 40L).endsWith(640L);
            revocation.succeeded(source, null);
            assertThat(pauses(revocation, source)).startsWith(10L, 20L, 30L).endsWith(30L);
        }
        try (Revocation revocation =
                new Revocation(grayConfig().withRevocationRefresh(Duration.ofMillis(100)), () -> {})) {
            revocation.succeeded(source, null);
            assertThat(pauses(revocation, source)).containsOnly(10L);
        }
    }

    private static List<Long> pauses(Revocation revocation, RevocationSource source) {
        return IntStream.range(0, 8)
                .mapToObj(i -> revocation.failed(source, "is down").toSeconds())
                .toList();
    }

    @Test
    void aListThatEndsEarlyIsFetchedAgainThen() {
        Instant now = Instant.now();
        IdentityConfig config =
                grayConfig().withClock(new MutableClock(now)).withRevocationRefresh(Duration.ofMinutes(5));
        try (Revocation revocation = new Revocation(config, () -> {})) {
            CrlSource source = new CrlSource(URI.create("http://127.0.0.1/crl"), AUTHORITY.certificate());
            assertThat(revocation.succeeded(source, now.plusSeconds(60))).isEqualTo(Duration.ofSeconds(61));
            assertThat(revocation.succeeded(source, now.plusSeconds(600))).isEqualTo(Duration.ofMinutes(5));
            assertThat(revocation.succeeded(source, null)).isEqualTo(Duration.ofMinutes(5));
        }
    }

    @Test
    void oneCertificateNamesOnlyAFewSources() {
        String[] urls = IntStream.range(0, 9).mapToObj(i -> url("/" + i)).toArray(String[]::new);
        TestMember member = AUTHORITY.request().crl(urls).issue();
        assertThat(RevocationPointers.of(member.certificate()).lists())
                .extracting(URI::getPath)
                .containsExactly("/0", "/1", "/2", "/3");
    }

    /** RFC 8994 section 6.7. */
    @Test
    void retriesSlowDown() {
        assertThat(Arrays.asList(1, 2, 3, 4, 5, 6, 7, 8, 100).stream()
                        .map(failures -> Revocation.backoff(Duration.ofSeconds(10), failures))
                        .map(Duration::toSeconds))
                .containsExactly(10L, 20L, 40L, 80L, 160L, 320L, 640L, 640L, 640L);
    }

    @Test
    void closingEndsFetchesUnderWayAndLeavesNoThread() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            TestMember member = AUTHORITY
                    .request()
                    .nodeName("+bob@example.com")
                    .crl("http://127.0.0.1:" + silent.getLocalPort() + "/")
                    .issue();
            gray.close();
            gray = open(grayConfig().withRevocationTimeout(Duration.ofMinutes(5)));
            assertAccepted(member);
            try (Socket underWay = silent.accept()) {
                assertThat(underWay.getInputStream().read()).isEqualTo('G');
                gray.close();
                Await.until("the end of all threads", () -> ownThreads() == 0);
            }
        }
    }

    private static long ownThreads() {
        return threads("grasp-identity") + threads("grasp-revocation");
    }

    private static long threads(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .count();
    }

    /** Refuter: the revoked member adds a public certificate of its authority, with the same name and key, and is in. */
    @Test
    void aRevokedMemberDoesNotPassByAnotherCertificateOfItsAuthority() throws Exception {
        TestMember member = member("/crl");
        published.put("/crl", AUTHORITY.crl(member.certificate()));
        learn(member);
        assertRevoked(member);
        X509Certificate other = AUTHORITY
                .renewed(Instant.now().minus(Duration.ofDays(1)), Instant.now().plus(Duration.ofDays(9)))
                .certificate();
        published.remove("/crl"); // the server is down
        assertRevoked(() -> gray.check(List.of(member.certificate(), other)));
    }

    /** Refuter: as above, and the server (or a host on the path, as it is plain HTTP) has an older list. */
    @Test
    void anOlderListDoesNotBringARevokedMemberBack() throws Exception {
        Instant now = Instant.now();
        byte[] older = AUTHORITY.crl(now.minusSeconds(3_600), now.plus(Duration.ofDays(1)), 1);
        TestMember member = member("/crl");
        published.put("/crl", AUTHORITY.crl(member.certificate()));
        learn(member);
        assertRevoked(member);
        published.put("/crl", older);
        gray.fetchRevocationNow();
        assertRevoked(member);
        X509Certificate other = AUTHORITY
                .renewed(now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(9)))
                .certificate();
        List<X509Certificate> chain = List.of(member.certificate(), other);
        try {
            gray.check(chain);
        } catch (MembershipException refused) {
            assertThat(refused.reason()).isEqualTo(PeerRefusal.REVOKED);
        }
        gray.fetchRevocationNow();
        assertRevoked(() -> gray.check(chain));
    }

    /** Refuter: the procedure for the renewal of an anchor in docs/identity.md; nothing is done by the member. */
    @Test
    void aRevokedMemberStaysRevokedWhenTheRenewedAnchorIsAdded() throws Exception {
        Instant now = Instant.now();
        TestMember own = AUTHORITY.issue("+grey@example.com");
        X509Certificate renewed = AUTHORITY
                .renewed(now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(9)))
                .certificate();
        TestMember member = member("/crl");
        published.put("/crl", AUTHORITY.crl(member.certificate()));
        try (Identity grey = open(IdentityConfig.of(own.chain(), own.key(), List.of(own.anchor(), renewed))
                .withRevocationTimeout(Duration.ofSeconds(20)))) {
            RevocationTest.this.gray.close();
            try {
                grey.check(member.chain());
            } catch (MembershipException refused) {
                assertThat(refused.reason()).isEqualTo(PeerRefusal.REVOKED);
            }
            grey.fetchRevocationNow();
            assertRevoked(() -> grey.check(member.chain()));
        }
    }
}
