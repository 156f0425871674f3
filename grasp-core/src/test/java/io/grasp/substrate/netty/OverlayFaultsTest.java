package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.grasp.Proves;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.model.LinkWarning;
import io.grasp.model.PeerRefusal;
import io.grasp.model.Security;
import io.grasp.security.Identity;
import io.grasp.security.IdentityConfig;
import io.grasp.security.IdentityException;
import io.grasp.security.MutableClock;
import io.grasp.security.NestedCertificate;
import io.grasp.security.NodeIdentity;
import io.grasp.security.TestAuthority;
import io.grasp.security.TestMember;
import io.grasp.security.TestPeer;
import io.grasp.substrate.Link;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.netty.member.PeerRefusedException;
import io.grasp.substrate.netty.overlay.Identities;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.ProviderException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What outsiders, broken members and broken identities do to an overlay: nothing, and it is reported in words. */
class OverlayFaultsTest extends OverlayTest {
    private OverlayNode victim;
    private OverlayNode friend;
    private OverlayNode.Session underWay;

    /** A victim with a friend, and a session between them that nothing may disturb. */
    @BeforeEach
    void connectFriends() {
        victim = start("victim", config -> config.withMaxHandshakes(16, 8));
        friend = start("friend", config -> config.withNeighbors(victim.place()));
        victim.awaitLinks(1);
        underWay = friend.connect(victim);
        underWay.echo(10);
    }

    @AfterEach
    void assertThatTheFriendsAreNotDisturbed() {
        if (!underWay.closed) {
            underWay.echo(10);
        }
    }

    @Test
    void aNodeOfAnotherDomainIsRefusedOnBothSidesAndItsNeighborsStay() {
        Identity foreign =
                Identities.open(TestAuthority.create("another authority").issue("+outsider@example.org"));
        OverlayNode outsider = start(foreign, config -> config.withNeighbors(victim.place()));
        outsider.awaitRefusal(PeerRefusal.UNTRUSTED);
        assertThat(outsider.failures.get(0)).isInstanceOf(PeerRefusedException.class);
        victim.awaitRefusal(PeerRefusal.REFUSED_BY_PEER);
        assertThat(victim.refusals).as("once for each attempt").hasSize(1);
        assertThat(outsider.everUp).isEmpty();
        assertThat(victim.links).hasSize(1);
        assertThat(outsider.connect(victim).awaitClosed()).isInstanceOf(PeerRefusedException.class);
    }

    @Test
    @Proves("8990-2.5.1-2")
    void aNodeThatTrustsTheDomainButIsNoMemberGetsNothing() {
        TestMember stranger = TestAuthority.create("another authority").issue("+stranger@example.com");
        Identity believer = open(IdentityConfig.of(
                stranger.chain(), stranger.key(), List.of(DOMAIN.authority().anchor(), stranger.anchor())));
        OverlayNode outsider = start(believer, config -> config.withNeighbors(victim.place()));
        victim.awaitRefusal(PeerRefusal.UNTRUSTED);
        outsider.awaitRefusal(PeerRefusal.REFUSED_BY_PEER);
        assertThat(outsider.everUp)
                .as("its handshake has ended before the victim judged it")
                .isEmpty();
        assertThat(victim.everUp).hasSize(1);
    }

    private static Identity open(IdentityConfig config) {
        try {
            return Identity.open(config);
        } catch (IdentityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void plaintextOnTheTlsPortIsReportedAsSuch() throws IOException {
        try (Socket socket = new Socket(OverlayNode.HOST, victim.port())) {
            socket.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertEnds(socket);
        }
        victim.awaitRefusal(PeerRefusal.NOT_TLS);
        assertThat(victim.refusals).hasSize(1);
    }

    private static void assertEnds(Socket socket) {
        try {
            socket.setSoTimeout(20_000);
            socket.getInputStream().readAllBytes();
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the connection is still open", e);
        } catch (IOException reset) {
            // it has ended too
        }
    }

    private static void assertIsDisconnected(TestPeer peer, OverlayNode node) {
        try (Socket socket = peer.connect(node.address())) {
            assertEnds(socket);
        } catch (IOException reset) {
            // before its last messages of the handshake were sent
        }
    }

    @Test
    void aPlainServerIsNoNeighbor() throws IOException {
        try (ServerSocket plain = new ServerSocket(0, 50, OverlayNode.HOST)) {
            Thread answering = new Thread(() -> {
                try {
                    while (true) {
                        Socket accepted = plain.accept();
                        OutputStream out = accepted.getOutputStream();
                        out.write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                        out.flush();
                        accepted.shutdownOutput();
                    }
                } catch (IOException closed) {
                    // the end of the test
                }
            });
            answering.start();
            OverlayNode seeker = start("seeker", config -> config.withNeighbors("[::1]:" + plain.getLocalPort()));
            seeker.awaitRefusal(PeerRefusal.NOT_TLS);
            assertThat(seeker.links).isEmpty();
        }
    }

    @Test
    void aHandshakeThatIsResetOrNeverFinishedIsReported() throws IOException {
        Socket reset = new Socket(OverlayNode.HOST, victim.port());
        reset.getOutputStream().write(new byte[] {22, 3, 1});
        reset.setSoLinger(true, 0);
        reset.close();
        victim.awaitRefusal(PeerRefusal.HANDSHAKE_ABORTED);
        assertThat(victim.refusals).hasSize(1);

        OverlayNode impatient = start("impatient", config -> config.withHandshakeTimeout(Duration.ofMillis(200)));
        try (Socket silent = new Socket(OverlayNode.HOST, impatient.port())) {
            silent.getOutputStream().write(22);
            assertEnds(silent);
        } catch (SocketException hasEnded) {
            // on a busy machine before the write
        }
        impatient.awaitRefusal(PeerRefusal.HANDSHAKE_TIMEOUT);
        assertThat(impatient.refusals).hasSize(1);
    }

    /** As on a path that passes small packets, and drops those with certificates. */
    @Test
    void aPeerThatStopsAfterItsFirstMessageOfTheHandshakeIsReported() throws IOException, GeneralSecurityException {
        OverlayNode impatient = start("impatient", config -> config.withHandshakeTimeout(Duration.ofMillis(200)));
        SSLEngine client = SSLContext.getDefault().createSSLEngine();
        client.setUseClientMode(true);
        ByteBuffer hello = ByteBuffer.allocate(client.getSession().getPacketBufferSize());
        client.wrap(ByteBuffer.allocate(0), hello);
        try (Socket stalled = new Socket(OverlayNode.HOST, impatient.port())) {
            stalled.getOutputStream().write(hello.array(), 0, hello.position());
            assertThat(stalled.getInputStream().readNBytes(3))
                    .as("the node goes on with the handshake, in TLS")
                    .startsWith(22, 3, 3);
            impatient.awaitRefusal(PeerRefusal.HANDSHAKE_TIMEOUT);
        }
        assertThat(impatient.refusals).hasSize(1);
    }

    /** Each costs the node the derivation of keys, and an answer. */
    @Test
    void aMemberThatUpdatesItsKeysAgainAndAgainIsDisconnected() throws IOException {
        TestMember member = DOMAIN.authority().issue(Identities.name("updater"));
        try (RawMember updater = RawMember.connect(member, victim.port()).hello(0, false)) {
            for (int i = 0; i < 16; i++) {
                updater.updateKeys();
            }
            updater.stream(1, new byte[1]);
            updater.awaitAnswer();
            assertThat(updater.isEndedWithin(100)).isFalse();
            try {
                for (int i = 0; i < 32; i++) {
                    updater.updateKeys();
                }
            } catch (IOException ended) {
                // before it has sent all
            }
            assertThat(updater.isEndedWithin(10_000)).isTrue();
        }
        victim.awaitRefusal(PeerRefusal.PROTOCOL_VIOLATION);
        assertThat(victim.refusals).hasSize(1);
    }

    @Test
    void aStormOfHandshakesIsBoundedAndCounted() throws IOException {
        List<Socket> storm = new ArrayList<>();
        try {
            for (int i = 0; i < 1000; i++) {
                Socket each = new Socket();
                storm.add(each);
                try {
                    each.connect(victim.address());
                } catch (SocketException resetBeforeTheConnectReturned) {
                    // the refusal that the node counts
                }
            }
            Await.until("refusals", () -> victim.refusals.size() >= 1000 - 8);
            assertThat(Collections.frequency(victim.refusals, PeerRefusal.TOO_MANY_HANDSHAKES))
                    .as("all but those that are under way")
                    .isEqualTo(1000 - 8);
            underWay.echo(1000);
        } finally {
            for (Socket each : storm) {
                each.close();
            }
        }
        Await.until("the end of all", () -> victim.refusals.size() == 1000);
        OverlayNode late = start("late", config -> config.withNeighbors(victim.place()));
        late.awaitLinks(1);
    }

    /** They have one network, and then four, with as many silent connections as there may be handshakes. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void silentOutsidersWithManyAddressesDoNotKeepMembersAway(boolean ofOneNetwork) throws IOException {
        InetAddress local = InetAddress.getByName("127.0.0.1");
        OverlayNode open = start("open", config -> config.withAddresses(local));
        List<Socket> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 128; i++) {
                Socket each = new Socket();
                silent.add(each);
                String from = ofOneNetwork ? "127.0.1." + (1 + i / 32) : "127.0." + (1 + i / 32) + ".1";
                each.bind(new InetSocketAddress(from, 0));
                try {
                    each.connect(new InetSocketAddress(local, open.port()));
                } catch (SocketException resetBeforeTheConnectReturned) {
                    // the refusal that the node counts
                }
            }
            Await.until("what is beyond the share", () -> open.refusals.size() == (ofOneNetwork ? 96 : 0));
            OverlayNode member = start("member", config -> config.withNeighbors("127.0.0.1:" + open.port()));
            member.awaitLinks(1);
            assertThat(member.failures).isEmpty();
            open.awaitLinks(1);
            int refused = ofOneNetwork ? 96 : 1;
            assertThat(open.refusals).hasSize(refused).containsOnly(PeerRefusal.TOO_MANY_HANDSHAKES);
            if (!ofOneNetwork) {
                assertThat(open.sentences).singleElement().asString().contains("gave its place");
                assertEnds(silent.get(0));
            }
        } finally {
            for (Socket each : silent) {
                each.close();
            }
        }
    }

    @Test
    void connectionsOfPeersLeaveDescriptorsForTheNodeItself() throws IOException {
        NettyLoop few = TestLoops.withDescriptors(10);
        List<Socket> peers = new ArrayList<>();
        NodeIdentity identity = DOMAIN.open("few");
        OverlayNode node = OverlayNode.start(few, identity, config -> config);
        try {
            for (int i = 0; i < 5; i++) {
                peers.add(new Socket(OverlayNode.HOST, node.port()));
            }
            Socket refused = new Socket();
            peers.add(refused);
            try {
                refused.connect(node.address());
                assertEnds(refused);
            } catch (SocketException resetBeforeTheConnectReturned) {
                // the refusal that the node counts
            }
            Await.until("the refusal", () -> !node.drops.isEmpty());
            assertThat(node.drops).containsExactly(SubstrateDrop.FEW_DESCRIPTORS);
            node.connect(victim).echo(10);
            assertThat(node.refusals)
                    .as("the others may still begin their handshakes")
                    .isEmpty();
        } finally {
            for (Socket each : peers) {
                each.close();
            }
            node.close();
            TestLoops.close(few);
            identity.close();
        }
    }

    @Test
    void outsidersThatEndTheirDirectionAreDisconnected() throws IOException {
        OverlayNode patient = start("patient", config -> config.withMaxHandshakes(4, 2));
        for (int i = 0; i < 20; i++) {
            try (Socket socket = new Socket(OverlayNode.HOST, patient.port())) {
                socket.shutdownOutput();
                assertEnds(socket);
            } catch (SocketException reset) {
                // at once, because the node still handles those before
            }
        }
        Await.until("refusals", () -> patient.refusals.size() == 20);
        assertThat(patient.refusals).contains(PeerRefusal.HANDSHAKE_ABORTED);
    }

    @Test
    void aDeeplyNestedCertificateOfAnOutsiderIsRefused() {
        TestMember outsider = TestAuthority.create("another authority").issue("+outsider@example.org");
        X509Certificate nested = NestedCertificate.of(outsider.certificate(), 31_000);
        TestPeer peer = TestPeer.with(
                new TestMember(List.of(outsider.certificate(), nested), outsider.key(), outsider.anchor()));
        assertIsDisconnected(peer, victim);
        victim.awaitRefusal(PeerRefusal.UNTRUSTED);
        assertThat(victim.refusals).hasSize(1);
    }

    /** The engine is locked by the computation, and the loop must not wait for it. */
    @Test
    void aConnectionThatClosesDuringAComputationIsNotWaitedFor() throws IOException {
        CountDownLatch computed = new CountDownLatch(1);
        TestMember member = DOMAIN.authority().issue(Identities.name("judge"));
        TestPeer computing =
                TestPeer.with(member).onCheck(() -> Await.until("the end", () -> computed.getCount() == 0));
        OverlayNode judge = start(new SwitchedIdentity(DOMAIN.open("judge")).engines(computing), config -> config);
        Socket socket = peer().connect(judge.address());
        Await.until("a check", () -> computing.checks() == 1);
        socket.setSoLinger(true, 0); // so that it resets the connection
        socket.close();
        underWay.echo(10);
        computed.countDown();
        judge.awaitRefusal(PeerRefusal.HANDSHAKE_ABORTED); // perhaps not before: what has arrived may say more
        assertThat(judge.refusals).hasSize(1);
    }

    @Test
    void aHandshakeThatIsComputedDoesNotGiveWay() throws IOException {
        InetAddress local = InetAddress.getByName("127.0.0.1");
        CountDownLatch computed = new CountDownLatch(1);
        TestMember member = DOMAIN.authority().issue(Identities.name("judge"));
        TestPeer computing =
                TestPeer.with(member).onCheck(() -> Await.until("the end", () -> computed.getCount() == 0));
        OverlayNode judge = start(
                new SwitchedIdentity(DOMAIN.open("judge")).engines(computing),
                config -> config.withAddresses(local).withMaxHandshakes(2, 2).withHandshakeThreads(2));
        try (Socket first = peer().connect(new InetSocketAddress(local, judge.port()));
                Socket silent = new Socket();
                Socket last = new Socket()) {
            Await.until("a check", () -> computing.checks() == 1);
            silent.bind(new InetSocketAddress("127.0.1.1", 0));
            silent.connect(new InetSocketAddress(local, judge.port()));
            last.bind(new InetSocketAddress("127.0.2.1", 0));
            last.connect(new InetSocketAddress(local, judge.port()));
            assertEnds(silent);
            assertThat(judge.refusals).containsExactly(PeerRefusal.TOO_MANY_HANDSHAKES);
            assertThat(first.isConnected()).isTrue();
        } finally {
            computed.countDown();
        }
    }

    static List<Error> errorsOfInput() {
        return List.of(new StackOverflowError(), new NoClassDefFoundError("a class that was not initialized"));
    }

    @ParameterizedTest
    @MethodSource("errorsOfInput")
    void anErrorOfTlsEndsOnlyTheConnectionThatCausedIt(Error error) {
        TestMember member = DOMAIN.authority().issue(Identities.name("judge"));
        OverlayNode judge = start(
                new SwitchedIdentity(DOMAIN.open("judge"))
                        .engines(TestPeer.with(member).throwing(error)),
                config -> config);
        assertIsDisconnected(peer(), judge);
        judge.awaitRefusal(PeerRefusal.TLS_FAILURE);
        assertThat(judge.refusals).hasSize(1);
        assertThat(judge.sentences).anyMatch(each -> each.contains("cannot process what the peer has sent"));
    }

    @ParameterizedTest
    @MethodSource("errorsOfInput")
    void anErrorOfTheCheckEndsOnlyTheConnectionThatCausedIt(Error error) {
        OverlayNode judge = start(new SwitchedIdentity(DOMAIN.open("judge")).throwing(error), config -> config);
        assertIsDisconnected(peer(), judge);
        judge.awaitRefusal(PeerRefusal.TLS_FAILURE);
        assertThat(judge.refusals).hasSize(1);
        assertThat(judge.sentences).anyMatch(each -> each.contains("certificate cannot be checked"));
    }

    private static TestPeer peer() {
        return TestPeer.with(DOMAIN.authority().issue(Identities.name("peer")));
    }

    /** As when a revocation list arrives between the two. */
    @Test
    void aPeerThatIsRevokedAfterItsHandshakeIsDisconnected() {
        SwitchedIdentity identity = new SwitchedIdentity(DOMAIN.open("judge"));
        OverlayNode judge = start(identity, config -> config);
        identity.revoke(Identities.name("peer")); // the trust manager does not ask for it
        assertIsDisconnected(peer(), judge);
        judge.awaitRefusal(PeerRefusal.REVOKED);
        assertThat(judge.refusals).hasSize(1);
    }

    @Test
    void oneByteAtATimeIsEnough() {
        try (TestProxy proxy = new TestProxy(victim.address(), true)) {
            OverlayNode slow = start("slow", config -> config.withNeighbors("[::1]:" + proxy.port()));
            slow.awaitLinks(1);
            victim.awaitLinks(2);
            slow.close();
        }
    }

    @Test
    void aSlowNeighborCostsFloodsButNoSessions() {
        try (TestProxy proxy = new TestProxy(victim.address(), false)) {
            OverlayNode flooding = start(
                    "flooding",
                    config -> config.withNeighbors("[::1]:" + proxy.port()).withQueueBytes(100_000));
            flooding.awaitLinks(1);
            OverlayNode.Session other = flooding.connect(friend);
            other.echo(10);
            proxy.reading(false);
            Throwable[] dropped = new Throwable[1];
            for (int i = 0; i < 2000 && dropped[0] == null; i++) {
                flooding.onLoop(() -> {
                    flooding.links.get(0).multicast(new byte[60_000], failure -> dropped[0] = failure);
                    return true;
                });
            }
            assertThat(dropped[0]).isInstanceOf(IOException.class);
            other.echo(10);
            proxy.reading(true);
            Await.until("the queue is empty again", () -> flooding.multicast(new byte[10]) == null);
            flooding.close();
        }
    }

    @Test
    @Proves({"8990-2.5.1-3", "8990-3-2", "8990-3-3"})
    void whatMembersSendIsNeitherReadNorChangedOnTheWay() throws Exception {
        byte[] secret = "what only members may read".getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        TestMember member = DOMAIN.authority().issue(Identities.name("sender"));
        try (TestProxy proxy = new TestProxy(victim.address(), false)) {
            proxy.watch(bytes -> seen.writeBytes(ByteBufUtil.getBytes(bytes)));
            OverlayNode sender =
                    start(Identities.open(member), config -> config.withNeighbors("[::1]:" + proxy.port()));
            sender.awaitLinks(1);
            victim.awaitLinks(2);
            assertThat(sender.multicast(secret)).isNull();
            Await.until("the message", () -> victim.messages.size() == 1);
            assertThat(victim.messages.get(0)).isEqualTo(secret);
            assertThat(victim.neighborFingerprint).isEqualTo(fingerprint(member.certificate()));

            proxy.watch(bytes -> bytes.setByte(bytes.writerIndex() - 1, ~bytes.getByte(bytes.writerIndex() - 1)));
            sender.multicast(secret);
            victim.awaitLinks(1);
            sender.close();
        }
        assertThat(seen.toString(StandardCharsets.ISO_8859_1))
                .hasSizeGreaterThan(1000)
                .doesNotContain(new String(secret, StandardCharsets.US_ASCII));
        assertThat(victim.messages).as("the changed one is not delivered").hasSize(1);
    }

    @Test
    @Proves("8990-2.5.1-4")
    void aRevokedPeerLosesItsLinkAndSessionsAtOnce() {
        SwitchedIdentity identity = new SwitchedIdentity(DOMAIN.open("judge"));
        OverlayNode judge = start(identity, config -> config);
        OverlayNode convict = start("convict", config -> config.withNeighbors(judge.place()));
        judge.awaitLinks(1);
        OverlayNode.Session ours = judge.connect(convict);
        ours.echo(10);
        OverlayNode.Session theirs = convict.connect(judge);
        theirs.echo(10);

        identity.revoke(Identities.name("convict"));

        assertThat(ours.awaitClosed()).isInstanceOf(PeerRefusedException.class).hasMessageContaining("revoked");
        theirs.awaitClosed();
        judge.awaitLinks(0);
        convict.awaitLinks(0);
        judge.awaitRefusal(PeerRefusal.REVOKED);
        assertThat(judge.connect(convict).awaitClosed()).isInstanceOf(PeerRefusedException.class);
    }

    @Test
    void aPeerWhoseCertificateExpiresLosesItsLinkAndSessions() {
        MutableClock clock = new MutableClock(Instant.now());
        TestMember judging = DOMAIN.authority().issue(Identities.name("judge"));
        OverlayNode judge = start(
                open(IdentityConfig.of(judging.chain(), judging.key(), List.of(judging.anchor()))
                        .withClock(clock)
                        .withReloadInterval(Duration.ofMillis(100))),
                config -> config.withNeighbors(victim.place()));
        TestMember passing = DOMAIN.authority()
                .request()
                .nodeName(Identities.name("passing"))
                .validity(clock.instant().minusSeconds(60), clock.instant().plusSeconds(3600))
                .issue();
        OverlayNode expiring = start(Identities.open(passing), config -> config.withNeighbors(judge.place()));
        judge.awaitLinks(2);
        OverlayNode.Session ours = judge.connect(expiring);
        ours.echo(10);
        OverlayNode.Session theirs = expiring.connect(judge);
        theirs.echo(10);

        clock.advance(Duration.ofMinutes(61));

        judge.awaitRefusal(PeerRefusal.EXPIRED);
        assertThat(ours.awaitClosed()).isInstanceOf(PeerRefusedException.class).hasMessageContaining("expired");
        theirs.awaitClosed();
        expiring.awaitLinks(0);
        judge.awaitLinks(1);
        assertThat(judge.links).extracting(Link::name).containsExactly("peer:" + Identities.name("victim"));
        assertThat(judge.connect(expiring).awaitClosed()).isInstanceOf(PeerRefusedException.class);
        assertThat(judge.substrate().security()).isEqualTo(Security.SECURED);
    }

    @Test
    void aNodeWithoutAGoodIdentityOpensAndAcceptsNothing() {
        SwitchedIdentity identity = new SwitchedIdentity(DOMAIN.open("patient")).good(false);
        OverlayNode patient = start(identity, config -> config.withNeighbors(victim.place()));
        assertThat(patient.substrate().security()).isEqualTo(Security.NONE);
        assertThat(patient.statuses)
                .singleElement()
                .satisfies(each -> assertThat(each.good()).isFalse());
        assertThat(patient.connect(victim).awaitClosed())
                .isInstanceOfSatisfying(
                        GraspException.class,
                        failure -> assertThat(failure.code()).isEqualTo(GraspErrorCode.NO_SECURITY));
        assertThat(friend.connect(patient).awaitClosed()).isInstanceOf(IOException.class);
        assertThat(patient.everUp).isEmpty();

        identity.good(true);
        patient.awaitLinks(1);
        OverlayNode.Session session = patient.connect(victim);
        session.echo(10);

        identity.good(false);
        session.awaitClosed();
        patient.awaitLinks(0);
        victim.awaitLinks(1);
        assertThat(patient.securities).containsExactly(Security.SECURED, Security.NONE);
    }

    /** For example because the token that holds its key has been removed. */
    @ParameterizedTest
    @ValueSource(classes = {IllegalStateException.class, ProviderException.class})
    void aConnectionForWhichTlsCannotBeginFailsWithTheReason(Class<? extends RuntimeException> type) throws Exception {
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        List<Throwable> thrown = new CopyOnWriteArrayList<>();
        Thread.setDefaultUncaughtExceptionHandler((thread, each) -> thrown.add(each));
        try {
            RuntimeException reason = type.getConstructor(String.class).newInstance("the token is not there");
            SwitchedIdentity identity = new SwitchedIdentity(DOMAIN.open("patient")).withoutEngines(reason);
            OverlayNode patient = start(identity, config -> config);
            assertThat(patient.connect(victim).awaitClosed())
                    .isInstanceOfSatisfying(
                            GraspException.class,
                            failure -> assertThat(failure.code()).isEqualTo(GraspErrorCode.NO_SECURITY))
                    .hasMessageContaining("the token is not there");
            assertThat(identity.engineFailures).hasValue(2);
            assertThat(friend.connect(patient).awaitClosed()).isInstanceOf(IOException.class);
            patient.awaitRefusal(PeerRefusal.TLS_FAILURE);
            assertThat(patient.sentences).singleElement().asString().contains("the token is not there");
            assertThat(patient.securities).isEmpty();

            identity.withoutEngines(null);
            patient.connect(victim).echo(10);
            assertThat(thrown).isEmpty();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    @Test
    void aCertificateIsReplacedWhileSessionsRun(@TempDir Path directory) throws Exception {
        TestMember before = DOMAIN.authority().issue(Identities.name("renewed"));
        before.writePem(directory);
        Identity identity = Identity.open(IdentityConfig.pem(
                        directory.resolve("chain.pem"), directory.resolve("key.pem"), directory.resolve("anchors.pem"))
                .withReloadInterval(Duration.ofMillis(100)));
        OverlayNode renewed = start(identity, config -> config.withNeighbors(victim.place()));
        OverlayNode.Session session = renewed.connect(victim);
        session.echo(10);
        TestMember after = DOMAIN.authority()
                .request()
                .nodeName(Identities.name("renewed"))
                .validity(Instant.now().minusSeconds(60), Instant.now().plusSeconds(86_400))
                .issue();
        after.writePem(directory);

        Await.until(
                "the new certificate",
                () -> identity.status()
                        .notAfter()
                        .equals(after.certificate().getNotAfter().toInstant()));
        OverlayNode.Session other = friend.connect(renewed);
        other.echo(10);
        assertThat(other.connection.peerIdentity().fingerprint())
                .as("of a handshake after the change")
                .isEqualTo(fingerprint(after.certificate()));
        session.echo(10);
        assertThat(victim.links).hasSize(2);
    }

    private static String fingerprint(X509Certificate certificate) throws GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    }

    @Test
    void twoNodesWithOneCertificateAreReported() {
        TestMember copied = DOMAIN.authority().issue(Identities.name("copied"));
        OverlayNode first = start(Identities.open(copied), config -> config.withNeighbors(victim.place()));
        OverlayNode second = start(Identities.open(copied), config -> config.withNeighbors(victim.place()));
        first.awaitLinks(1);
        second.awaitLinks(1);
        victim.awaitLinks(3);
        Await.until("a warning", () -> victim.warnings.contains(LinkWarning.SAME_NAME));
        assertThat(victim.sentences)
                .anySatisfy(each -> assertThat(each)
                        .contains("two nodes have certificates with the name " + Identities.name("copied"))
                        .contains("revoke one that was copied"));
        assertThat(victim.links)
                .extracting(link -> link.name())
                .doesNotHaveDuplicates()
                .hasSize(3);
    }

    /** It ends its direction right after its last handshake message, while this node still computes. */
    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void opensslWithoutCertificateThatLeavesAtOnceIsCountedAsSuch(String version) throws Exception {
        assumeThat(new File("/usr/bin/openssl")).exists();
        Process openssl = new ProcessBuilder("openssl", "s_client", version, "-connect", victim.place())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        Await.until("a refusal", () -> !victim.refusals.isEmpty());
        assertThat(victim.refusals).containsExactly(PeerRefusal.NO_CERTIFICATE);
        openssl.waitFor();
    }
}
