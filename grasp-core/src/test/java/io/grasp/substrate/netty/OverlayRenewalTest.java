package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.Locator;
import io.grasp.model.PeerRefusal;
import io.grasp.security.Identity;
import io.grasp.security.IdentityConfig;
import io.grasp.security.IdentityException;
import io.grasp.security.MutableClock;
import io.grasp.security.NodeIdentity;
import io.grasp.security.TestAuthority;
import io.grasp.security.TestKeys;
import io.grasp.security.TestMember;
import io.grasp.substrate.Completion;
import io.grasp.substrate.LinkLostException;
import io.grasp.substrate.NodeAddress;
import io.grasp.substrate.netty.member.PeerRefusedException;
import io.grasp.substrate.netty.overlay.Identities;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connections are replaced when a certificate is renewed, before the former one expires. */
class OverlayRenewalTest extends OverlayTest {
    private static final Duration LONG_DRAIN = Duration.ofMinutes(10);

    private final MutableClock clock = new MutableClock(Instant.now());

    @TempDir
    private Path directory;

    @Override
    OverlayNode start(NodeIdentity identity, UnaryOperator<OverlayConfig> settings) {
        return super.start(identity, config -> settings.apply(config.withRenewal(Duration.ZERO, LONG_DRAIN)));
    }

    private TestMember issue(String name, Duration lifetime) {
        return DOMAIN.authority()
                .request()
                .nodeName(Identities.name(name))
                .validity(clock.instant().minusSeconds(60), clock.instant().plus(lifetime))
                .issue();
    }

    private Identity open(TestMember member) {
        return open(IdentityConfig.of(member.chain(), member.key(), List.of(member.anchor())));
    }

    private Identity open(IdentityConfig config) {
        try {
            return Identity.open(config.withClock(clock).withReloadInterval(Duration.ofMillis(100)));
        } catch (IdentityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Its certificate is valid for an hour. */
    private Identity openShortLived() throws IOException {
        issue("renewed", Duration.ofHours(1)).writePem(directory);
        return openFiles();
    }

    private Identity openFiles() {
        return open(IdentityConfig.pem(
                directory.resolve("chain.pem"), directory.resolve("key.pem"), directory.resolve("anchors.pem")));
    }

    private X509Certificate renew() throws IOException {
        TestMember after = issue("renewed", Duration.ofDays(1));
        after.writePem(directory);
        return after.certificate();
    }

    /** Waits until the link of a node with its neighbor is in a connection with a certificate. */
    private static void awaitUse(OverlayNode renewed, OverlayNode other, X509Certificate certificate) {
        Await.until("the use of the new certificate", () -> {
            renewed.multicast(new byte[] {1});
            return other.neighborFingerprint.equals(fingerprint(certificate));
        });
    }

    private static String fingerprint(X509Certificate certificate) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lets the former certificate expire, and waits until a node has noticed such a thing. */
    private void expireFormer(OverlayNode at) {
        Identity slow = Identities.open(issue("lapsed", Duration.ofHours(1))); // its own clock does not advance
        OverlayNode lapsed = start(slow, config -> config.withNeighbors(at.place()));
        lapsed.awaitLinks(1);
        clock.advance(Duration.ofMinutes(61));
        at.awaitRefusal(PeerRefusal.EXPIRED);
        Await.until("the end of the link of the one that has not renewed", () -> at.links.size() == 1);
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, true", "true, false", "false, false"})
    void aMemberThatHasRenewedInTimeLosesNothingWhenItsFormerCertificateExpires(boolean opens, boolean streams)
            throws Exception {
        OverlayNode other;
        OverlayNode renewed;
        if (opens) {
            other = start(open(issue("other", Duration.ofDays(2))), config -> config.withStreams(streams));
            renewed = start(
                    openShortLived(), config -> config.withStreams(streams).withNeighbors(other.place()));
        } else {
            renewed = start(openShortLived(), config -> config.withStreams(streams));
            String place = renewed.place();
            other = start(
                    open(issue("other", Duration.ofDays(2))),
                    config -> config.withStreams(streams).withNeighbors(place));
        }
        renewed.awaitLinks(1);
        other.awaitLinks(1);
        OverlayNode.Session session = opens ? renewed.connect(other) : other.connect(renewed);
        session.echo(10);

        awaitUse(renewed, other, renew());
        expireFormer(other);

        session.echo(10);
        assertThat(other.refusals).as("%s", other.sentences).containsOnly(PeerRefusal.EXPIRED);
        assertThat(other.sentences).allSatisfy(each -> assertThat(each).contains("lapsed"));
        assertThat(renewed.refusals).as("%s", renewed.sentences).isEmpty();
        assertThat(renewed.everUp).hasSize(1);
        assertThat(other.links).isEqualTo(other.everUp.subList(0, 1));
        assertThat(renewed.multicast(new byte[] {2})).isNull();
        Await.until("a message", () -> other.messages.get(other.messages.size() - 1)[0] == 2);
    }

    /** The certificate of the member would be valid for longer than the new one. */
    @Test
    void aMemberThatHasRenewedInTimeLosesNothingWhenItsFormerTrustAnchorExpires() throws Exception {
        TestAuthority ending = TestAuthority.create(
                "ending",
                TestKeys.EC_P256,
                clock.instant().minusSeconds(60),
                clock.instant().plus(Duration.ofHours(1)));
        TestMember before = ending.request()
                .nodeName(Identities.name("renewed"))
                .validity(clock.instant().minusSeconds(60), clock.instant().plus(Duration.ofDays(2)))
                .issue();
        List<X509Certificate> anchors =
                List.of(before.anchor(), DOMAIN.authority().anchor());
        before.writePem(directory);
        Files.writeString(directory.resolve("anchors.pem"), TestMember.pem(anchors));
        TestMember member = issue("other", Duration.ofDays(2));
        OverlayNode other = start(open(IdentityConfig.of(member.chain(), member.key(), anchors)), config -> config);
        OverlayNode renewed = start(openFiles(), config -> config.withNeighbors(other.place()));
        renewed.awaitLinks(1);
        OverlayNode.Session session = renewed.connect(other);
        session.echo(10);

        awaitUse(renewed, other, renew());
        expireFormer(other);

        session.echo(10);
        assertThat(other.sentences).allSatisfy(each -> assertThat(each).contains("lapsed"));
        assertThat(renewed.everUp).hasSize(1);
    }

    @Test
    void sessionsInTheFormerConnectionEndSomeTimeAfterTheCertificate() throws Exception {
        OverlayNode other = start(
                open(issue("other", Duration.ofDays(2))),
                config -> config.withRenewal(Duration.ZERO, Duration.ofMillis(200)));
        OverlayNode renewed = start(openShortLived(), config -> config.withNeighbors(other.place()));
        renewed.awaitLinks(1);
        OverlayNode.Session session = renewed.connect(other);
        session.echo(10);
        awaitUse(renewed, other, renew());

        expireFormer(other);

        Await.until("the end of the session", () -> other.accepted.get(0).closed);
        assertThat(other.accepted.get(0).failure).hasMessageContaining("expired");
        session.awaitClosed();
        assertThat(other.refusals).containsOnly(PeerRefusal.EXPIRED);
        assertThat(other.sentences).allSatisfy(each -> assertThat(each).contains("lapsed"));
        assertThat(renewed.everUp).hasSize(1);
        assertThat(renewed.links).hasSize(1);
        other.connect(renewed).echo(10);
    }

    @Test
    void aFormerCertificateThatIsRevokedEndsItsConnectionAtOnceButNotTheLink() throws Exception {
        SwitchedIdentity identity = new SwitchedIdentity(open(issue("other", Duration.ofDays(2))));
        OverlayNode other = start(identity, config -> config);
        Identity renewing = openShortLived();
        X509Certificate former = renewing.certificate();
        OverlayNode renewed = start(renewing, config -> config.withNeighbors(other.place()));
        renewed.awaitLinks(1);
        OverlayNode.Session session = renewed.connect(other);
        session.echo(10);
        awaitUse(renewed, other, renew());

        identity.revoke(former);

        assertThat(other.accepted.get(0).awaitClosed()).isInstanceOf(PeerRefusedException.class);
        session.awaitClosed();
        other.connect(renewed).echo(10);
        assertThat(renewed.everUp).hasSize(1);
        assertThat(renewed.links).hasSize(1);
    }

    @Test
    void whileTheNewestConnectionEndsTheFormerCarriesTheMessages() throws Exception {
        SwitchedIdentity identity = new SwitchedIdentity(open(issue("other", Duration.ofDays(2))));
        OverlayNode other = start(identity, config -> config);
        OverlayNode renewed = start(openShortLived(), config -> config.withNeighbors(other.place()));
        renewed.awaitLinks(1);
        renewed.connect(other).echo(10);
        X509Certificate newer = renew();
        awaitUse(renewed, other, newer);
        renewed.connect(other).echo(10);
        CompletableFuture<Boolean> sent = new CompletableFuture<>();
        other.accepted.get(1).whenClosed =
                () -> other.links.get(0).multicast(new byte[] {7}, failure -> sent.complete(failure == null));

        identity.revoke(newer);

        assertThat(Await.result("a message", sent)).isTrue();
        Await.until("the message", () -> renewed.messages.stream().anyMatch(each -> each[0] == 7));
        assertThat(other.accepted.get(0).closed).isFalse();
        assertThat(other.everUp).hasSize(1);
    }

    @Test
    void aMemberThatCannotConnectAnyMoreAsksThePeerToDoIt() throws Exception {
        OverlayNode other = start(open(issue("other", Duration.ofDays(2))), config -> config);
        TestProxy proxy = new TestProxy(other.address(), false);
        OverlayNode renewed = start(openShortLived(), config -> config.withNeighbors("[::1]:" + proxy.port()));
        renewed.awaitLinks(1);
        OverlayNode.Session session = renewed.connect(proxy.port());
        session.echo(10);
        proxy.stopAccepting();

        awaitUse(renewed, other, renew());
        expireFormer(other);

        session.echo(10);
        assertThat(renewed.everUp).hasSize(1);
        proxy.close();
    }

    @Test
    void aRenewalThatLeadsToAnotherMemberAsksThePeerAndChangesNothingThere() throws Exception {
        OverlayNode other = start(open(issue("other", Duration.ofDays(2))), config -> config);
        OverlayNode third = start(open(issue("third", Duration.ofDays(2))), config -> config);
        try (TestProxy translator = new TestProxy(other.address(), false)) {
            OverlayNode renewed = start(openShortLived(), config -> config.withNeighbors("[::1]:" + translator.port()));
            renewed.awaitLinks(1);
            OverlayNode.Session elsewhere = renewed.connect(third);
            elsewhere.echo(10);
            translator.leadTo(third.address());

            awaitUse(renewed, other, renew());

            elsewhere.echo(10);
            assertThat(third.everUp).isEmpty();
            assertThat(renewed.everUp).hasSize(1);
        }
    }

    /** For example if the link was wanted while the peer asked for the end of an idle connection. */
    @Test
    void aConnectionThatClosesThoughItCarriesALinkIsReplaced() throws Exception {
        try (AcceptingMember peer = new AcceptingMember(issue("peer", Duration.ofDays(2)), 1, 2)) {
            OverlayNode node = start(
                    open(issue("node", Duration.ofDays(2))),
                    config ->
                            config.withNeighbors("[::1]:" + peer.port(0)).withHandshakeTimeout(Duration.ofSeconds(5)));
            node.awaitLinks(1);
            peer.closing();
            Await.until("another connection", () -> peer.connections() == 2);
            Await.until("the end of the former one", () -> peer.open() == 1);
            assertThat(node.everUp).hasSize(1);
            assertThat(node.links).hasSize(1);
        }
    }

    /** A session goes on there while the newer connection is lost. */
    @Test
    @Tag("long")
    void aFormerConnectionThatCarriesTheLinkAgainIsReplacedHoweverLateThatIs() throws Exception {
        Duration timeout = Duration.ofSeconds(2);
        try (AcceptingMember peer = new AcceptingMember(issue("peer", Duration.ofDays(2)), 1, 2)) {
            OverlayNode node = start(
                    open(issue("node", Duration.ofDays(2))),
                    config -> config.withNeighbors("[::1]:" + peer.port(0))
                            .withRenewal(Duration.ZERO, Duration.ofMinutes(10))
                            .withHandshakeTimeout(timeout));
            node.awaitLinks(1);
            OverlayNode.Session session = node.connect(peer.port(0));
            Await.until("a session", () -> session.opened);
            peer.closing();
            Await.until("another connection", () -> peer.open() == 2);
            pass(timeout.plusMillis(500)); // then the former one closes when it has no session, link or not
            peer.reset(1);
            Await.until("a third connection", () -> peer.connections() == 3);
            assertThat(node.everUp).hasSize(1);
            assertThat(session.closed).isFalse();
        }
    }

    @Test
    void aLinkIsDownIfOnlyAConnectionIsLeftWhoseCertificateHasExpired() throws Exception {
        OverlayNode node = start(open(issue("node", Duration.ofDays(2))), config -> config);
        byte[] instance = RawMember.instance(0xff);
        try (RawMember former = RawMember.connect(issue("peer", Duration.ofHours(1)), node.port());
                RawMember newer = RawMember.connect(issue("peer", Duration.ofDays(1)), node.port())) {
            former.hello(instance, 0, true).awaitAnswer();
            former.stream(1, (byte) 1);
            Await.until("a session", () -> node.accepted.size() == 1);
            newer.hello(instance, 0, true).awaitAnswer();
            node.awaitLinks(1);
            expireFormer(node);
            former.awaitMessage((byte) 3); // closing
            newer.close();
            node.awaitLinks(0);
            assertThat(node.accepted.get(0).closed).isFalse();
        }
    }

    /** A session goes on in a connection whose certificate has expired. */
    @Test
    void aNeighborWhoseNewerConnectionIsLostIsConnectedToAnew() throws Exception {
        try (AcceptingMember before = new AcceptingMember(issue("peer", Duration.ofHours(1)), 1, 2);
                AcceptingMember after = new AcceptingMember(issue("peer", Duration.ofDays(1)), 1, 2);
                TestProxy translator = new TestProxy(new InetSocketAddress(OverlayNode.HOST, before.port(0)), false)) {
            OverlayNode node = start(
                    open(issue("node", Duration.ofDays(2))),
                    config -> config.withNeighbors("[::1]:" + translator.port()));
            node.awaitLinks(1);
            OverlayNode.Session session = node.connect(translator.port());
            Await.until("a session", () -> session.opened);
            translator.leadTo(new InetSocketAddress(OverlayNode.HOST, after.port(0)));
            try (RawMember newer = RawMember.connect(issue("peer", Duration.ofDays(1)), node.port())) {
                newer.hello(RawMember.instance(0xff), 0, false).awaitAnswer();
                newer.messages(1, (byte) 2, (byte) 2); // it accepts a link
                newer.stream(1, (byte) 1);
                Await.until("what came after the flags", () -> node.accepted.size() == 1);
                expireFormer(node);
                pass(Duration.ofMillis(500)); // the check of the former connection
            }
            Await.until("another connection", () -> after.open() == 1);
            node.awaitLinks(1);
        }
    }

    /** It is at the same place, and says that it is the same running node. */
    @Test
    void aRenewalThatLeadsToAnotherNameChangesNothing() throws Exception {
        try (AcceptingMember peer = new AcceptingMember(issue("peer", Duration.ofDays(2)), 1, 2);
                AcceptingMember other = new AcceptingMember(issue("other", Duration.ofDays(2)), 1, 2);
                TestProxy translator = new TestProxy(new InetSocketAddress(OverlayNode.HOST, peer.port(0)), false)) {
            OverlayNode node = start(
                    open(issue("node", Duration.ofDays(2))),
                    config -> config.withNeighbors("[::1]:" + translator.port()));
            node.awaitLinks(1);
            translator.leadTo(new InetSocketAddress(OverlayNode.HOST, other.port(0)));
            peer.renew();
            Await.until("the end of the connection with the other", () -> other.ended() == 1);
            assertThat(node.links).hasSize(1);
            assertThat(node.everUp).hasSize(1);
        }
    }

    @Test
    @Tag("long")
    void aPeerThatAsksAgainAfterAnAttemptHasFailedIsFollowedAgain() throws Exception {
        try (AcceptingMember peer = new AcceptingMember(issue("peer", Duration.ofDays(2)), 1, 2);
                TestProxy translator = new TestProxy(new InetSocketAddress(OverlayNode.HOST, peer.port(0)), false)) {
            OverlayNode node = start(
                    open(issue("node", Duration.ofDays(2))),
                    config -> config.withNeighbors("[::1]:" + translator.port()));
            node.awaitLinks(1);
            translator.leadTo(new InetSocketAddress(OverlayNode.HOST, 1)); // nothing is there
            peer.renew();
            long begin = System.nanoTime();
            pass(Duration.ofSeconds(11));
            translator.leadTo(new InetSocketAddress(OverlayNode.HOST, peer.port(0)));
            peer.renew();
            Await.until("another connection", () -> peer.connections() == 2);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
            assertThat(node.everUp).hasSize(1);
        }
    }

    /**
     * Each node opens more sessions at one time than the other takes. The first to write to a new connection is the one
     * that has accepted it, with its hello and a session.
     */
    @Test
    void noSessionFailsWhileConnectionsAreReplaced() throws Exception {
        OverlayNode other = start(open(issue("other", Duration.ofDays(2))), config -> config.withMaxSessions(64, 8));
        OverlayNode renewed =
                start(openShortLived(), config -> config.withMaxSessions(64, 8).withNeighbors(other.place()));
        renewed.awaitLinks(1);
        try (Load there = new Load(other, renewed.address(), 12);
                Load back = new Load(renewed, other.address(), 12)) {
            there.await(100);
            back.await(100);
            awaitUse(renewed, other, renew());
            there.await(100);
            back.await(100);
            for (OverlayNode each : List.of(other, renewed)) {
                assertThat(each.drops).isEmpty();
                assertThat(each.everUp).hasSize(1);
            }
        }
    }

    /** Sessions that are opened again and again. */
    private final class Load implements AutoCloseable {
        private final OverlayNode from;
        private final Locator to;
        private final AtomicInteger done = new AtomicInteger();
        private final AtomicReference<Throwable> failed = new AtomicReference<>();
        private boolean over;
        private int running;

        Load(OverlayNode from, InetSocketAddress to, int atOnce) {
            this.from = from;
            this.to = new Locator.Ipv6((Inet6Address) to.getAddress(), Locator.TCP, to.getPort());
            for (int i = 0; i < atOnce; i++) {
                from.onLoop(() -> {
                    open();
                    return true;
                });
            }
        }

        private void open() {
            running++;
            OverlayNode.Session session = from.new Session();
            session.whenReceived = () -> session.connection.close();
            session.whenClosed = () -> {
                running--;
                if (session.failure != null) {
                    failed.set(session.failure);
                }
                done.incrementAndGet();
                if (!over) {
                    loop.execute(this::open);
                }
            };
            session.connection = from.substrate().connect(to, 0, session);
            session.connection.send(new byte[10], Completion.IGNORED);
        }

        void await(int more) {
            int before = done.get();
            Await.until("sessions", () -> done.get() >= before + more);
            assertThat(failed.get()).isNull();
        }

        @Override
        public void close() {
            from.onLoop(() -> over = true);
            Await.until("the last session", () -> from.onLoop(() -> running == 0));
            assertThat(failed.get()).isNull();
        }
    }

    /** Those that wait are not bound to the former connection, whose end they could miss. */
    @Test
    void aSessionBeyondTheMaximumWaitsForAPlaceInTheNewConnection() throws Exception {
        OverlayNode other = start(open(issue("other", Duration.ofDays(2))), config -> config.withMaxSessions(64, 2));
        OverlayNode renewed = start(openShortLived(), config -> config.withNeighbors(other.place()));
        renewed.awaitLinks(1);
        List<OverlayNode.Session> busy = List.of(renewed.connect(other), renewed.connect(other));
        busy.forEach(each -> each.echo(10));
        OverlayNode.Session before = renewed.connect(other);
        X509Certificate certificate = renew();
        awaitUse(renewed, other, certificate);
        OverlayNode.Session after = renewed.connect(other);
        busy.forEach(each -> each.echo(10)); // the others have had time to fail
        assertThat(other.accepted).hasSize(2);
        renewed.onLoop(() -> {
            busy.forEach(each -> each.connection.close());
            return true;
        });
        before.echo(10);
        after.echo(10);
        assertThat(other.accepted.subList(2, 4))
                .allSatisfy(each ->
                        assertThat(each.connection.peerIdentity().fingerprint()).isEqualTo(fingerprint(certificate)));
        assertThat(other.drops).isEmpty();
    }

    /** Its own clock is not the loop's, which goes on by itself. */
    @Test
    @Tag("long")
    void aCertificateOfAShortTimeIsLookedAtAgainBeforeItExpires() throws Exception {
        clock.set(clock.instant().truncatedTo(ChronoUnit.SECONDS)); // as certificates are
        OverlayNode node = start(open(issue("node", Duration.ofDays(2))), config -> config);
        try (RawMember peer = RawMember.connect(issue("peer", Duration.ofSeconds(2)), node.port())) {
            peer.hello(0, true);
            node.awaitLinks(1);
            clock.advance(Duration.ofMillis(1_900));
            CompletableFuture<Boolean> asked = new CompletableFuture<>();
            Thread reader = new Thread(() -> {
                try {
                    peer.awaitRenewal();
                    asked.complete(true);
                } catch (IOException e) {
                    asked.completeExceptionally(e);
                }
            });
            reader.start();
            assertThat(Await.result("a question for another connection", asked)).isTrue();
            reader.join();
            assertThat(node.links).hasSize(1);
        }
    }

    @Test
    void noSessionFailsIfAMemberRenewsWhileItsPeerHasAsManyConnectionsAsItMay() throws Exception {
        OverlayNode hub = start(
                open(issue("hub", Duration.ofDays(2))),
                config -> config.withMaxNeighbors(2).withMaxConnections(1, 1));
        for (int i = 0; i < 2; i++) {
            OverlayNode other = start(open(issue("other" + i, Duration.ofDays(2))), config -> config);
            other.connect(hub).echo(1);
        }
        OverlayNode renewed = start(openShortLived(), config -> config.withNeighbors(hub.place()));
        renewed.awaitLinks(1);
        OverlayNode.Session session = renewed.connect(hub);
        session.echo(10);
        awaitUse(renewed, hub, renew());
        session.echo(10);
        assertThat(hub.everUp).hasSize(1);
        assertThat(hub.drops).isEmpty();
    }

    /** The peer has opened it before it knows that the connection is not to be used any more. */
    @Test
    void aStreamThatIsOnItsWayWhenItsConnectionIsReplacedIsTaken() throws Exception {
        OverlayNode node = start(
                open(issue("node", Duration.ofDays(2))), config -> config.withCloseTimeout(Duration.ofMillis(100)));
        TestMember far = issue("far", Duration.ofDays(2));
        try (RawMember former = RawMember.connect(far, node.port());
                RawMember newer = RawMember.connect(far, node.port())) {
            former.hello(RawMember.instance(0), 0, true);
            node.awaitLinks(1);
            newer.hello(RawMember.instance(0), 0, true);
            newer.awaitAnswer();
            assertThat(former.isEndedWithin(500)).isFalse();
            former.stream(1, (byte) 1);
            Await.until("the session", () -> node.accepted.size() == 1);
        }
    }

    @Test
    @Tag("long")
    void neighborsAreNotAskedAllAtOnce() throws Exception {
        OverlayNode renewed = start(openShortLived(), config -> config.withMaxHandshakes(100, 100));
        int count = 20;
        List<RawMember> peers = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                RawMember peer = RawMember.connect(issue("peer" + i, Duration.ofDays(2)), renewed.port());
                peers.add(peer);
                peer.hello(0, true);
            }
            renewed.awaitLinks(count);
            renew();
            List<Long> times = new ArrayList<>();
            List<CompletableFuture<Long>> asking = new ArrayList<>();
            for (RawMember each : peers) {
                CompletableFuture<Long> asked = new CompletableFuture<>();
                Thread reader = new Thread(() -> {
                    try {
                        each.awaitRenewal();
                        asked.complete(System.nanoTime());
                    } catch (IOException e) {
                        asked.completeExceptionally(e);
                    }
                });
                reader.start();
                asking.add(asked);
            }
            for (CompletableFuture<Long> each : asking) {
                times.add(Await.result("a question", each));
            }
            times.sort(null);
            assertThat(Duration.ofNanos(times.get(count - 1) - times.get(0)))
                    .as("with at most 16 in one second")
                    .isGreaterThan(Duration.ofMillis(700));
            assertThat(renewed.links).hasSize(count);
        } finally {
            for (RawMember each : peers) {
                each.close();
            }
        }
    }

    /** The new connection is from another address, and the former one goes away, as temporary addresses do. */
    @Test
    void anAddressThatTheHostNoLongerHasIsNotTold() throws Exception {
        InetAddress place = InetAddress.getByName("10.99.0.1");
        InetAddress first = InetAddress.getByName("10.99.0.2");
        InetAddress second = InetAddress.getByName("10.99.0.3");
        InetAddress any = InetAddress.getByAddress(new byte[4]);
        List<InetAddress> own = List.of(place, first, second);
        for (InetAddress each : own) {
            TestNetwork.ip("address add " + each.getHostAddress() + "/32 dev lo");
        }
        try {
            // Connections from an address that has gone cannot be closed in good order.
            Duration closing = Duration.ofMillis(200);
            OverlayNode other = start(
                    open(issue("other", Duration.ofDays(2))),
                    config -> config.withAddresses(place).withCloseTimeout(closing));
            connectFrom(first, place);
            OverlayNode renewed = start(
                    openShortLived(),
                    config -> config.withAddresses(any)
                            .withCloseTimeout(closing)
                            .withInterfacePoll(Duration.ofMillis(100))
                            .withNeighbors(place.getHostAddress() + ":" + other.port()));
            renewed.awaitLinks(1);
            other.awaitLinks(1);
            assertThat(told(renewed)).isEqualTo(first);
            OverlayNode.Session session =
                    renewed.connect(new Locator.Ipv4((Inet4Address) place, Locator.TCP, other.port()), 0);
            session.echo(1);

            connectFrom(second, place);
            awaitUse(renewed, other, renew());

            assertThat(told(renewed)).isEqualTo(second);
            assertThat(renewed.onLoop(() -> renewed.links.get(0).linkLocalAddress()))
                    .isEqualTo(second);
            assertThat(other.source.getAddress()).isEqualTo(second);
            assertThat(other.onLoop(() ->
                            own.stream().filter(other.links.get(0)::isNeighbor).toList()))
                    .as("sessions in the former connection go on")
                    .containsExactly(first, second);

            TestNetwork.ip("address delete 10.99.0.2/32 dev lo");

            assertThat(session.awaitClosed()).isInstanceOf(LinkLostException.class);
            assertThat(renewed.onLoop(() -> renewed.substrate().nodeAddresses()))
                    .extracting(NodeAddress::address)
                    .contains(second)
                    .doesNotContain(first);
            assertThat(renewed.links).isEqualTo(renewed.everUp).hasSize(1);
            assertThat(other.links).isEqualTo(other.everUp).hasSize(1);
            renewed.close(); // while it can still reach the other
        } finally {
            TestNetwork.ip("address flush dev lo to 10.99.0.0/24");
        }
    }

    private static void connectFrom(InetAddress source, InetAddress to) {
        TestNetwork.ip(
                "route replace local " + to.getHostAddress() + "/32 dev lo table local src " + source.getHostAddress());
    }

    /** {@return the address that a node prefers for its neighbor} */
    private static InetAddress told(OverlayNode node) {
        return node.onLoop(() -> node.substrate().nodeAddresses()).get(0).address();
    }
}
