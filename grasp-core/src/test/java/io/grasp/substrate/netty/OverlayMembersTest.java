package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.IdentityStatus;
import io.grasp.model.LinkWarning;
import io.grasp.model.Locator;
import io.grasp.model.PeerIdentity;
import io.grasp.model.PeerRefusal;
import io.grasp.model.Security;
import io.grasp.security.TestMember;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Link;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.netty.overlay.Identities;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The connections of members, and what a member that breaks the rules can do with them. */
class OverlayMembersTest extends OverlayTest {
    private final List<AutoCloseable> raw = new ArrayList<>();

    @AfterEach
    void closeConnections() throws Exception {
        for (AutoCloseable each : raw) {
            each.close();
        }
    }

    private static TestMember member(String name) {
        return DOMAIN.authority().issue(Identities.name(name));
    }

    private RawMember connect(TestMember member, OverlayNode node) {
        RawMember connected = RawMember.connect(member, node.port());
        raw.add(connected);
        return connected;
    }

    @Test
    void aHandshakeThatEndsAfterTheOwnIdentityHasBecomeBadIsNotServed() {
        SwitchedIdentity identity = new SwitchedIdentity(DOMAIN.open("patient"));
        OverlayNode patient = start(identity, config -> config);
        try {
            RawMember peer = RawMember.connect(member("peer"), patient.port(), "io.grasp.mux/1", () -> {
                identity.good(false);
                Await.until("the change", () -> patient.securities.contains(Security.NONE));
            });
            raw.add(peer);
            peer.hello(0, true).stream(1, "hello?".getBytes(StandardCharsets.US_ASCII));
            assertThat(peer.isEndedWithin(20_000)).isTrue();
        } catch (IOException | IllegalStateException ended) {
            // as it should, perhaps already within the handshake
        }
        assertThat(patient.accepted).isEmpty();
        assertThat(patient.everUp).isEmpty();
    }

    @Test
    void theBeginAndTheEndOfEachProblemOfTheOwnIdentityAreReportedOnce() {
        SwitchedIdentity identity = new SwitchedIdentity(DOMAIN.open("patient"));
        OverlayNode patient = start(identity, config -> config);
        for (List<String> warnings :
                List.of(List.of("renew it"), List.of("renew it", "new files were not taken"), List.<String>of())) {
            identity.warn(warnings);
            identity.warn(warnings);
            Await.until("the report", () -> last(patient.statuses).problems().equals(warnings));
        }
        identity.good(false);
        Await.until("the report", () -> !last(patient.statuses).good());
        identity.good(true);
        Await.until("the report", () -> last(patient.statuses).good());
        assertThat(patient.statuses)
                .extracting(IdentityStatus::detail)
                .containsExactly(
                        "", "renew it", "renew it; new files were not taken", "", "switched off by a test", "");
    }

    private static <T> T last(List<T> list) {
        return list.get(list.size() - 1);
    }

    @Test
    void aSessionThatWaitsForItsOwnConnectionEndsWhenTheOwnIdentityBecomesBad() throws Exception {
        SwitchedIdentity identity = new SwitchedIdentity(DOMAIN.open("patient"));
        OverlayNode patient = start(identity, config -> config.withStreams(false));
        try (ServerSocket silent = new ServerSocket(0, 50, OverlayNode.HOST)) {
            OverlayNode.Session session = patient.connect(silent.getLocalPort());
            try (Socket in = silent.accept()) {
                identity.good(false);
                assertThat(session.awaitClosed()).hasMessageContaining("identity");
                in.getInputStream().readAllBytes();
            } catch (IOException reset) {
                // the connection has ended too
            }
            assertThat(session.opened).isFalse();
        }
    }

    @Test
    void anIdleConnectionIsClosedAlsoIfThePeerDoesNotDoIt() throws Exception {
        OverlayNode node = start(
                "node",
                config -> config.withIdleTime(Duration.ofMillis(100))
                        .withHandshakeTimeout(Duration.ofSeconds(3))
                        .withCloseTimeout(Duration.ofMillis(200)));
        RawMember peer = connect(member("peer"), node);
        peer.hello(0, false);
        RawMember withoutStreams = RawMember.connect(member("other"), node.port(), "io.grasp.link/1", () -> {});
        raw.add(withoutStreams);
        withoutStreams.framedHello(0, false);
        assertThat(peer.isEndedWithin(20_000)).isTrue();
        assertThat(withoutStreams.isEndedWithin(20_000)).isTrue();
    }

    @Test
    @Tag("long")
    void ofTheConnectionsWithANeighborOnlyTheNewestRemainsIfItIsIdle() throws Exception {
        AcceptingMember peer = new AcceptingMember(member("peer"), 4, 3);
        raw.add(peer);
        OverlayNode node = start(
                "node",
                config -> config.withNeighbors("[::1]:" + peer.port(0))
                        .withIdleTime(Duration.ofMillis(200))
                        .withHandshakeTimeout(Duration.ofSeconds(1))
                        .withCloseTimeout(Duration.ofMillis(200)));
        node.awaitLinks(1);
        for (int i = 1; i < 4; i++) {
            useShortly(node, peer.port(i));
        }
        Await.until("the end of the others", () -> peer.open() == 1);
        assertThat(node.links).hasSize(1);
        assertThat(node.everUp).hasSize(1);
    }

    @Test
    void aMemberAtManyPlacesHasNoMoreConnectionsThanOneAtOne() throws Exception {
        AcceptingMember peer = new AcceptingMember(member("peer"), 8, 0);
        raw.add(peer);
        OverlayNode node = start("node", config -> config.withMaxConnections(100, 3));
        OverlayNode.Session used = opened(node.connect(peer.port(0)));
        for (int i = 1; i < 8; i++) {
            useShortly(node, peer.port(i));
        }
        Await.until("the end of the oldest", () -> peer.open() == 4); // one of them replaces another
        assertThat(used.closed).isFalse();
        assertThat(node.drops).containsOnly(SubstrateDrop.TOO_MANY_CONNECTIONS).hasSize(4);
    }

    @Test
    void aSessionInUseDoesNotGiveWayBeforeConnectionsOfItsMemberThatAreNotUsed() throws Exception {
        OverlayNode node = start("node", config -> config.withMaxConnections(100, 3));
        TestMember busy = member("busy");
        byte[] lowest = RawMember.instance(0);
        List<RawMember> all = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            RawMember peer = connect(busy, node).hello(lowest, 0, false);
            peer.awaitAnswer();
            if (i == 0) {
                peer.stream(1, (byte) 1);
                Await.until("its session", () -> node.accepted.size() == 1);
            }
            all.add(peer);
        }
        assertThat(all.get(1).isEndedWithin(20_000))
                .as("the oldest without a session")
                .isTrue();
        assertThat(all.get(2).isEndedWithin(20_000)).isTrue();
        assertThat(node.drops).containsOnly(SubstrateDrop.TOO_MANY_CONNECTIONS).hasSize(2);
        assertThat(node.refusedMembers).containsOnly(Identities.name("busy")).hasSize(2);
        assertThat(node.accepted.get(0).closed).isFalse();
    }

    @Test
    void connectionsThatTheNodeHasOpenedGiveWayIfItDoesNotUseThem() throws Exception {
        OverlayNode node =
                start("node", config -> config.withMaxConnections(2, 8).withMaxNeighbors(0));
        OverlayNode used = start("used", config -> config);
        OverlayNode.Session session = node.connect(used);
        session.echo(10);
        useShortly(node, start("unused", config -> config).port());
        OverlayNode friend = start("friend", config -> config);
        OverlayNode.Session first = friend.connect(node);
        first.echo(10);
        OverlayNode.Session second = start("other", config -> config).connect(node);
        second.echo(10); // none is unused, and the limit of those of peers is not reached
        first.echo(10);
        session.echo(10);
        assertThat(node.drops).containsExactly(SubstrateDrop.TOO_MANY_CONNECTIONS);
    }

    /** Whichever of the two nodes decides which connection remains. */
    @ParameterizedTest
    @ValueSource(ints = {0, 0xff})
    void aConnectionThatReplacesOneThatTheNodeHasOpenedIsTakenAlsoIfThereAreTooMany(int instance) throws Exception {
        OverlayNode node =
                start("node", config -> config.withMaxConnections(1, 8).withMaxNeighbors(0));
        start("friend", config -> config).connect(node).echo(10);
        AcceptingMember accepting = new AcceptingMember(member("peer"), 1, 0).instance(RawMember.instance(instance));
        raw.add(accepting);
        OverlayNode.Session own = opened(node.connect(accepting.port(0)));
        if (instance > 0) {
            accepting.closing();
        }
        RawMember newer = connect(member("peer"), node).hello(RawMember.instance(instance), 0, false);
        newer.awaitAnswer();
        newer.stream(1, (byte) 1);
        Await.until("its session", () -> node.accepted.size() == 2);
        assertThat(own.closed).isFalse();
        assertThat(node.drops).isEmpty();

        assertThat(connect(member("stranger"), node).hello(0, false).isEndedWithin(20_000))
                .as("one that replaces none")
                .isTrue();
        assertThat(node.accepted).hasSize(2).noneMatch(each -> each.closed);
        assertThat(node.drops).containsExactly(SubstrateDrop.TOO_MANY_CONNECTIONS);
    }

    private static void useShortly(OverlayNode node, int port) {
        OverlayNode.Session session = opened(node.connect(port));
        node.onLoop(() -> {
            session.connection.abort();
            return true;
        });
    }

    @Test
    void oneMemberTakesNeitherAllConnectionsNorAllLinks() throws Exception {
        OverlayNode node =
                start("node", config -> config.withMaxConnections(2, 3).withMaxNeighbors(2));
        TestMember greedy = member("greedy");
        List<RawMember> all = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            RawMember peer = connect(greedy, node);
            peer.hello(1000 + i, true);
            peer.awaitAnswer();
            all.add(peer);
        }
        assertThat(all.get(2).isEndedWithin(20_000))
                .as("the oldest without a link")
                .isTrue();
        Await.until(
                "the end of half",
                () -> all.stream().filter(each -> each.isEndedWithin(1)).count() == 3);
        OverlayNode friend = start("friend", config -> config.withNeighbors(node.place()));
        friend.awaitLinks(1);
        OverlayNode.Session session = friend.connect(node);
        session.echo(10);
        for (int i = 0; i < 2; i++) {
            OverlayNode other = start("other" + i, config -> config);
            other.connect(node).echo(10);
        }
        session.echo(10);
    }

    @Test
    void aFurtherConnectionOfAMemberThatWasRefusedMakesNoLinkBeyondTheMaximum() throws Exception {
        OverlayNode node = start("node", config -> config.withMaxNeighbors(2));
        RawMember gives = connect(member("gives"), node).hello(RawMember.instance(1), 1001, true);
        node.awaitLinks(1);
        connect(member("most"), node).hello(RawMember.instance(2), 1002, true);
        node.awaitLinks(2);
        List<TestMember> refused = List.of(member("first"), member("second"), member("third"));
        for (int i = 0; i < refused.size(); i++) {
            connect(refused.get(i), node).hello(RawMember.instance(10 + i), 1010 + i, true);
        }
        Await.until("refusals", () -> node.refusals.size() == 3);
        gives.close();
        node.awaitLinks(1);
        connect(member("most"), node).hello(RawMember.instance(3), 1003, true);
        node.awaitLinks(2); // one of which can give way
        for (int i = 0; i < refused.size(); i++) {
            connect(refused.get(i), node).hello(RawMember.instance(10 + i), 1010 + i, true);
        }
        Await.until("further refusals, now " + node.everUp, () -> node.refusals.size() == 5);
        node.awaitLinks(2);
        assertThat(node.everUp).as("one has got the place").hasSize(4);
    }

    @Test
    void aMemberHasTwoLinksAndOneShareHoweverManyNodesItPretendsToBe() throws Exception {
        OverlayNode node = start("node", config -> config);
        TestMember greedy = member("greedy");
        for (int i = 0; i < 4; i++) {
            RawMember peer = connect(greedy, node);
            peer.hello(1000 + i, true);
            peer.awaitAnswer();
        }
        node.awaitRefusal(PeerRefusal.TOO_MANY_NEIGHBORS);
        assertThat(node.sentences)
                .anyMatch(each -> each.startsWith("this node has links to 2 nodes with the name of "));
        assertThat(node.refusedMembers).containsOnly(Identities.name("greedy"));
        node.awaitLinks(2);
        for (AutoCloseable each : raw) {
            each.close();
        }
        node.awaitLinks(0);
        connect(greedy, node).hello(1000, true);
        node.awaitLinks(1);
        assertThat(node.everUp)
                .as("two, perhaps those that were refused instead of a closed one, and one more")
                .hasSizeBetween(3, 5)
                .extracting(Link::share)
                .containsOnly(node.everUp.get(0).index());
        OverlayNode friend = start("friend", config -> config.withNeighbors(node.place()));
        friend.awaitLinks(1);
        node.awaitLinks(2);
        Link other = node.links.get(1);
        assertThat(other.share())
                .isEqualTo(other.index())
                .isNotEqualTo(node.links.get(0).share());
    }

    @Test
    @Tag("long")
    void aMemberCannotBringItsLinkUpAndDownWithoutLimit() throws Exception {
        OverlayNode node = start("node", config -> config);
        RawMember peer = connect(member("peer"), node).hello(0, true);
        node.awaitLinks(1);
        for (int i = 0; i < 200; i++) {
            peer.messages(1, (byte) 2, (byte) (i & 1));
        }
        Await.until("a few changes", () -> node.everUp.size() > 2);
        node.awaitLinks(1); // the last ones took effect later
        assertThat(node.everUp).hasSizeLessThan(10);
        assertThat(node.refusals).isEmpty();
    }

    @Test
    void aFloodOfMessagesThatAchieveNothingEndsTheConnection() throws Exception {
        OverlayNode node = start("node", config -> config);
        for (byte[] each : new byte[][] {{2, 0}, {9, 9}}) {
            RawMember peer = connect(member("peer"), node).hello(0, true);
            peer.messages(2_000, each);
            assertThat(peer.isEndedWithin(20_000)).isTrue();
        }
        for (byte[] each : new byte[][] {{2, 0}, {9, 9}, {}}) {
            RawMember peer = RawMember.connect(member("peer"), node.port(), "io.grasp.link/1", () -> {});
            raw.add(peer);
            peer.framedHello(0, true).framedMessages(2_000, each);
            assertThat(peer.isEndedWithin(20_000)).isTrue();
        }
        Await.until("all reasons", () -> node.refusals.size() == 5);
        assertThat(node.refusals).containsOnly(PeerRefusal.PROTOCOL_VIOLATION);
        assertThat(node.refusedMembers).containsOnly(Identities.name("peer")).hasSize(5);
        assertThat(node.sentences).allMatch(each -> each.contains("1000") || each.contains("1256"));
    }

    @Test
    void theMaximumOfSessionsOfOnePeerHoldsForAllItsConnections() throws Exception {
        OverlayNode node = start("node", config -> config.withMaxSessions(20, 2));
        TestMember greedy = member("greedy");
        for (int i = 0; i < 3; i++) {
            RawMember peer = connect(greedy, node);
            peer.hello(1000 + i, false);
            for (int number = 1; number <= 7; number += 2) {
                peer.stream(number, (byte) 1);
            }
            peer.awaitAnswer();
        }
        OverlayNode friend = start("friend", config -> config);
        friend.connect(node).echo(10);
        assertThat(node.accepted).hasSize(3);
    }

    /** The end of a session there may arrive after the begin of another one on the newer connection. */
    @Test
    void sessionsOnAReplacedConnectionCountApartUpToTheSameNumber() throws Exception {
        OverlayNode node = start("node", config -> config.withMaxSessions(20, 2));
        TestMember renewing = member("renewing");
        int taken = 0;
        for (int expected : new int[] {2, 2, 0}) {
            RawMember peer = connect(renewing, node);
            peer.hello(RawMember.instance(7), 0, false);
            int dropped = node.drops.size();
            for (int number = 1; number <= 5; number += 2) {
                peer.stream(number, (byte) 1);
            }
            taken += expected;
            int all = taken;
            Await.until("all streams", () -> node.drops.size() > dropped || node.accepted.size() == all);
            peer.awaitAnswer();
        }
        Await.until("the refusals of the third", () -> node.drops.size() == 3);
        assertThat(node.accepted).hasSize(4);
        assertThat(node.drops).containsOnly(SubstrateDrop.TOO_MANY_CONNECTIONS);
    }

    @Test
    void aSessionThatWaitsForAPlaceInAConnectionThatClosesGetsAnotherConnection() throws Exception {
        OverlayNode node = start("node", config -> config);
        AcceptingMember peer = new AcceptingMember(member("peer"), 1, 0, 1);
        raw.add(peer);
        OverlayNode.Session first = node.connect(peer.port(0));
        Await.until("a stream", () -> first.opened);
        OverlayNode.Session second = node.connect(peer.port(0));
        peer.closing();
        Await.until("another connection", () -> peer.open() == 2);
        assertThat(second.opened).isFalse();
        node.onLoop(() -> {
            first.connection.abort();
            return true;
        });
        Await.until("the other stream", () -> second.opened);
        assertThat(second.closed).isFalse();
    }

    @Test
    void aSessionThatIsClosedWhileItWaitsForAPlaceEndsInTime() throws Exception {
        OverlayNode node = start("node", config -> config.withCloseTimeout(Duration.ofMillis(100)));
        AcceptingMember peer = new AcceptingMember(member("peer"), 1, 0, 1);
        raw.add(peer);
        OverlayNode.Session first = node.connect(peer.port(0));
        Await.until("a stream", () -> first.opened);
        OverlayNode.Session second = node.connect(peer.port(0));
        node.onLoop(() -> {
            second.connection.send(new byte[10], failure -> {});
            second.connection.close();
            return true;
        });
        assertThat(second.awaitClosed()).hasMessageContaining("too long");
        List<OverlayNode.Session> others = new ArrayList<>();
        for (int i = 0; i < 257; i++) {
            others.add(node.connect(peer.port(0)));
        }
        assertThat(others.get(256).awaitClosed()).hasMessageContaining("256 sessions");
        assertThat(others.subList(0, 256)).noneMatch(each -> each.closed);
    }

    /** So that it is opened when the pause is over, though its time is too. */
    @Test
    void aSessionThatIsClosedWhileThisNodePausesIsOpenedAfterThePause() {
        OverlayNode full = start("full", config -> config.withMaxSessions(1, 1));
        start("other", config -> config).connect(full).echo(10);
        OverlayNode eager =
                start("eager", config -> config.withNeighbors(full.place()).withCloseTimeout(Duration.ofSeconds(1)));
        eager.awaitLinks(1);
        int port = full.port();
        CompletableFuture<OverlayNode.Session> waiting = new CompletableFuture<>();
        eager.onLoop(() -> {
            tryUntilItWaits(eager, port, waiting);
            return true;
        });
        OverlayNode.Session session = Await.result("a session that waits", waiting);
        pass(Duration.ofMillis(100));
        loop.execute(() -> keepBusy(Duration.ofMillis(1_100))); // the pause and the session's time end in one turn
        assertThat(session.awaitClosed()).hasMessageContaining("has refused");
    }

    private static void keepBusy(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            // busy
        }
    }

    private static void tryUntilItWaits(OverlayNode eager, int port, CompletableFuture<OverlayNode.Session> waiting) {
        OverlayNode.Session session = eager.new Session();
        session.whenClosed = () -> loop.execute(() -> {
            if (!waiting.isDone()) {
                tryUntilItWaits(eager, port, waiting);
            }
        });
        session.connection =
                eager.substrate().connect(new Locator.Ipv6(OverlayNode.HOST, Locator.TCP, port), 0, session);
        session.connection.send(new byte[10], ignored -> {});
        session.connection.close();
        if (session.connection.peerIdentity() == null) {
            waiting.complete(session);
        }
    }

    /** It pauses before the node would take its attempts for a flood. */
    @Test
    void aMemberThatTriesAgainAndAgainAtANodeWithoutRoomLosesNothing() {
        OverlayNode full = start("full", config -> config.withMaxSessions(2, 2));
        start("other", config -> config).connect(full).echo(10);
        OverlayNode eager =
                start("eager", config -> config.withNeighbors(full.place()).withCloseTimeout(Duration.ofMillis(100)));
        eager.awaitLinks(1);
        OverlayNode.Session own = eager.connect(full);
        own.echo(10);
        AtomicInteger left = new AtomicInteger(600);
        List<String> failures = new CopyOnWriteArrayList<>();
        int port = full.port();
        eager.onLoop(() -> {
            tryAgain(eager, port, left, failures);
            return true;
        });
        Await.until("all attempts", () -> left.get() < 0);
        own.echo(10);
        assertThat(eager.everUp).hasSize(1);
        assertThat(full.refusals).isEmpty();
        assertThat(full.drops).hasSize(600);
        assertThat(failures).as("the pause is not the peer's fault").noneMatch(each -> each.contains("too long"));
    }

    private static void tryAgain(OverlayNode eager, int port, AtomicInteger left, List<String> failures) {
        if (left.getAndDecrement() > 0) {
            OverlayNode.Session session = eager.new Session();
            session.whenClosed = () -> {
                failures.add(String.valueOf(session.failure));
                loop.execute(() -> tryAgain(eager, port, left, failures));
            };
            session.connection =
                    eager.substrate().connect(new Locator.Ipv6(OverlayNode.HOST, Locator.TCP, port), 0, session);
            session.connection.send(new byte[10], ignored -> {});
            session.connection.close();
        }
    }

    @Test
    void theMaximumOfSessionsHoldsAndAPlaceIsFreeAgainWhenOneHasEnded() {
        OverlayNode node = start("node", config -> config.withMaxSessions(2, 2));
        OverlayNode.Session first = start("one", config -> config).connect(node);
        first.echo(10);
        start("two", config -> config).connect(node).echo(10);
        OverlayNode third = start("three", config -> config);
        assertThat(third.connect(node).awaitClosed()).isNotNull();
        assertThat(node.refusedMembers).containsExactly(Identities.name("three"));
        assertThat(node.accepted).hasSize(2);

        node.onLoop(() -> {
            node.accepted.get(0).connection.abort();
            return true;
        });
        first.awaitClosed();
        third.connect(node).echo(10);
    }

    @Test
    void aSessionWithAPeerWithoutStreamsIsCompleteWhenItIsOpened() {
        OverlayNode one = start("one", config -> config.withCloseTimeout(Duration.ofSeconds(5)));
        OverlayNode other = start("other", config -> config.withStreams(false));
        PeerIdentity[] known = new PeerIdentity[1];
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        whenOpened(one, other.port(), closed, connection -> {
            known[0] = connection.peerIdentity();
            connection.abort();
        });
        Await.result("the end", closed);
        assertThat(known[0].nodeName()).hasToString(Identities.name("other"));
        assertThat(other.accepted) // none, if the reset comes while the peer is still checking the handshake
                .allSatisfy(each -> assertThat(each.awaitClosed()).isInstanceOf(IOException.class));
    }

    /** Otherwise they would fill the memory of the node. */
    @Test
    void bytesForASessionThatIsPausedWhenItIsOpenedStayInTheNetwork() {
        OverlayNode one = start("one", config -> config);
        OverlayNode other = start("other", config -> config.withStreams(false));
        CompletableFuture<Connection> paused = new CompletableFuture<>();
        CompletableFuture<Boolean> closed = new CompletableFuture<>();
        whenOpened(one, other.port(), closed, connection -> {
            connection.reading(false);
            paused.complete(connection);
        });
        Connection own = Await.result("a session", paused);
        Await.until("the peer's", () -> other.accepted.size() == 1);
        CompletableFuture<Throwable> sent = new CompletableFuture<>();
        other.onLoop(() -> {
            other.accepted.get(0).connection.send(new byte[1000], sent::complete);
            return true;
        });
        assertThat(Await.result("the bytes", sent)).isNull();
        for (int turn = 0; turn < 3; turn++) {
            one.onLoop(() -> true);
        }
        assertThat(TestNetwork.openSockets().stream().mapToInt(OverlayMembersTest::unread))
                .anyMatch(bytes -> bytes >= 1000);
        one.onLoop(() -> {
            own.abort();
            return true;
        });
        Await.result("the end", closed);
    }

    private static int unread(String socket) {
        return Integer.parseInt(socket.trim().split(" +", -1)[4].split(":", -1)[1], 16);
    }

    private static void whenOpened(
            OverlayNode node, int port, CompletableFuture<Boolean> closed, Consumer<Connection> opened) {
        Connection[] connection = new Connection[1];
        ConnectionListener listener = new ConnectionListener() {
            @Override
            public void opened() {
                opened.accept(connection[0]);
            }

            @Override
            public void received(byte[] bytes) {}

            @Override
            public void inputEnded() {}

            @Override
            public void closed(Throwable failure) {
                closed.complete(true);
            }
        };
        node.onLoop(() -> {
            connection[0] =
                    node.substrate().connect(new Locator.Ipv6(OverlayNode.HOST, Locator.TCP, port), 0, listener);
            return true;
        });
    }

    @Test
    void aMemberDoesNotGetTheSessionsOfAnotherByNamingItsPort() throws Exception {
        OverlayNode node = start("node", config -> config);
        OverlayNode honest = start("honest", config -> config);
        RawMember thief = connect(member("thief"), node);
        thief.hello(honest.port(), false);
        thief.awaitAnswer();
        OverlayNode.Session session = node.connect(honest);
        session.echo(10);
        assertThat(session.connection.peerIdentity().nodeName()).hasToString(Identities.name("honest"));
    }

    private static OverlayNode.Session opened(OverlayNode.Session session) {
        Await.until("a session", () -> session.opened);
        return session;
    }

    @Test
    void aPeerThatIsRevokedBetweenItsCheckAndTheUseOfItsConnectionIsDisconnected() throws Exception {
        RevokingIdentity identity = new RevokingIdentity(DOMAIN.open("judge"), loop);
        OverlayNode judge = start(identity, config -> config);
        RawMember convict = connect(member("convict"), judge);
        identity.awaitRevoked();
        try {
            convict.hello(0, true);
        } catch (IOException ended) {
            // as it should, perhaps already before the hello
        }
        assertThat(convict.isEndedWithin(5_000))
                .as("the connection of a revoked member ends")
                .isTrue();
        judge.awaitRefusal(PeerRefusal.REVOKED);
    }

    /** Its authority can be asked, so it is no member for the time that the answer takes. */
    @Test
    void aConnectionIsNotUsedBeforeItIsKnownWhetherItsPeerIsRevoked() throws Exception {
        SwitchedIdentity identity = new SwitchedIdentity(DOMAIN.open("judge")).withoutAnswers();
        OverlayNode judge = start(identity, config -> config);
        RawMember convict = connect(member("convict"), judge);
        convict.hello(0, true);
        Await.until("the question", identity::isAsked);
        identity.revokeSilently(Identities.name("convict"));
        identity.answer();

        assertThat(convict.isEndedWithin(5_000)).isTrue();
        judge.awaitRefusal(PeerRefusal.REVOKED);
        assertThat(judge.links).isEmpty();

        RawMember honest = connect(member("honest"), judge);
        honest.hello(0, true);
        Await.until("the question", identity::isAsked);
        identity.answer();
        judge.awaitLinks(1);
    }

    /** A member whose responder is slow does not keep others away. */
    @Test
    void aConnectionThatWaitsForAnAnswerGivesItsPlaceToAHandshakeOfAnother() throws Exception {
        SwitchedIdentity identity = new SwitchedIdentity(DOMAIN.open("judge")).withoutAnswers();
        InetAddress ipv4 = InetAddress.getByName("127.0.0.1");
        OverlayNode judge =
                start(identity, config -> config.withMaxHandshakes(1, 1).withAddresses(OverlayNode.HOST, ipv4));
        RawMember waiting = connect(member("waiting"), judge);
        Await.until("the question", identity::isAsked);
        try (Socket other = new Socket(ipv4, judge.port())) {
            assertThat(waiting.isEndedWithin(20_000)).isTrue();
            judge.awaitRefusal(PeerRefusal.TOO_MANY_HANDSHAKES);
            assertThat(judge.sentences)
                    .containsExactly("its TLS handshake waited for it, and gave its place to one of a"
                            + " peer that had fewer under way");
            assertThat(other.isConnected()).isTrue();
        }
    }

    /** Otherwise it would keep its place among the handshakes for ever. */
    @Test
    void aConnectionEndsWhoseCheckDoesNotEndOrFails() throws Exception {
        SwitchedIdentity identity = new SwitchedIdentity(DOMAIN.open("judge")).withoutAnswers();
        OverlayNode judge = start(identity, config -> config.withHandshakeTimeout(Duration.ofMillis(500)));
        RawMember waiting = connect(member("waiting"), judge);
        assertThat(waiting.isEndedWithin(20_000)).isTrue();
        judge.awaitRefusal(PeerRefusal.HANDSHAKE_TIMEOUT);
        assertThat(judge.sentences).anyMatch(each -> each.contains("could not be checked in time"));

        identity.failingToAsk(new IllegalStateException("expected by this test"));
        RawMember next = connect(member("next"), judge);
        assertThat(next.isEndedWithin(20_000)).isTrue();
        judge.awaitRefusal(PeerRefusal.TLS_FAILURE);
    }

    /** All open connections are checked again every minute, also if nothing is reported. */
    @Test
    @Tag("long")
    void theCheckOfEveryMinuteIsNotPutOffByNewConnections() throws Exception {
        SwitchedIdentity identity = new SwitchedIdentity(DOMAIN.open("judge"));
        OverlayNode judge = start(identity, config -> config);
        RawMember convict = connect(member("convict"), judge);
        convict.hello(0, true);
        judge.awaitLinks(1);
        identity.revokeSilently(Identities.name("convict"));
        TestMember accomplice = member("accomplice");
        byte[] signOfLife = {3, 2, 0, 1, 0, 0, 0, 0, 9}; // a link message of a kind of a later version
        boolean ended = false;
        for (int i = 0; i < 9 && !ended; i++) {
            try (RawMember next = RawMember.connect(accomplice, judge.port())) {
                next.hello(0, false);
                next.awaitAnswer();
            }
            ended = convict.isEndedWithin(9_000);
            if (!ended) {
                convict.socket().getOutputStream().write(signOfLife);
            }
        }
        assertThat(ended).as("ended within 80 s").isTrue();
        judge.awaitRefusal(PeerRefusal.REVOKED);
    }

    @Test
    void flagsOnAFormerConnectionDoNotOverrideThoseOnTheNewerOne() throws Exception {
        OverlayNode node = start("node", config -> config);
        TestMember member = member("peer");
        byte[] lowest = RawMember.instance(0);
        RawMember former = connect(member, node).hello(lowest, 0, true);
        node.awaitLinks(1);
        RawMember newer = connect(member, node).hello(lowest, 0, true);
        newer.awaitAnswer();
        former.messages(1, (byte) 2, (byte) 0);
        former.stream(1, (byte) 1);
        Await.until("what came after the flags", () -> node.accepted.size() == 1);
        assertThat(node.links).hasSize(1);
        newer.messages(1, (byte) 2, (byte) 0);
        node.awaitLinks(0);
        newer.messages(1, (byte) 2, (byte) 1);
        node.awaitLinks(1);
        newer.close();
        node.awaitLinks(0); // what the peer has said on the connection that is left
    }

    @Test
    void aConnectionThatItsOpenerHasNotDecidedToUseChangesNothing() throws Exception {
        OverlayNode node = start("node", config -> config);
        TestMember member = member("peer");
        byte[] highest = RawMember.instance(0xff);
        RawMember former = connect(member, node).hello(highest, 0, true);
        node.awaitLinks(1);
        RawMember undecided = connect(member, node).onlyHello(highest, 0);
        undecided.awaitMessage((byte) 2, (byte) 2); // the link is as it was
        assertThat(node.multicast(new byte[] {7})).isNull();
        former.awaitMessage((byte) 1, (byte) 7);
        undecided.stream(1, (byte) 1);
        Await.until("a session, whose stream may come before the flags", () -> node.accepted.size() == 1);
        undecided.close();
        node.accepted.get(0).awaitClosed();
        assertThat(node.multicast(new byte[] {8})).isNull();
        former.awaitMessage((byte) 1, (byte) 8);
        assertThat(node.everUp).hasSize(1);
        assertThat(node.links).hasSize(1);
    }

    @Test
    void aNeighborThatIsStartedAgainIsAcceptedThoughItsFormerLinkIsTheLastOne() throws Exception {
        OverlayNode node = start("node", config -> config.withMaxNeighbors(1));
        TestMember member = member("peer");
        RawMember former = connect(member, node).hello(RawMember.instance(1), 7017, true);
        node.awaitLinks(1);
        RawMember again = connect(member, node).onlyHello(RawMember.instance(2), 7017);
        again.awaitMessage((byte) 2, (byte) 2);
        assertThat(node.links).hasSize(1);
        again.messages(1, (byte) 2, (byte) 1);
        Await.until("the new link", () -> node.everUp.size() == 2);
        assertThat(former.isEndedWithin(20_000)).isTrue();
        node.awaitLinks(1);
        assertThat(node.everUp).extracting(Link::name).containsOnly("peer:" + Identities.name("peer"));
        assertThat(node.refusals).isEmpty();
    }

    @Test
    void flagsAreSaidAgainWhenAFormerConnectionIsUsedAgain() throws Exception {
        OverlayNode node = start("node", config -> config.withMaxNeighbors(1));
        TestMember member = member("peer");
        byte[] highest = RawMember.instance(0xff);
        RawMember former = connect(member, node).hello(highest, 0, false);
        former.awaitAnswer();
        RawMember newer = connect(member, node).hello(highest, 0, false);
        newer.awaitAnswer();
        connect(member("other"), node).hello(0, true);
        node.awaitLinks(1);
        newer.messages(1, (byte) 2, (byte) 1);
        newer.awaitMessage((byte) 2, (byte) 8); // there is one neighbor already
        newer.messages(1, (byte) 3);
        former.awaitMessage((byte) 2, (byte) 8);
    }

    @Test
    void aLinkGoesUpAndDownNoMoreOftenByFurtherConnectionsThanByFlags() throws Exception {
        OverlayNode node = start("node", config -> config);
        TestMember member = member("unsteady");
        byte[] lowest = RawMember.instance(0);
        long begin = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            connect(member, node).hello(lowest, 0, i % 2 == 0).awaitAnswer();
        }
        long seconds = 1 + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
        assertThat(node.everUp).as("within %d s", seconds).hasSizeLessThanOrEqualTo((int) (3 + (seconds + 1) / 2));
        node.awaitLinks(0);
    }

    @Test
    void twoNodesWithOneCertificateBehindOneTranslatorAreReported() throws Exception {
        OverlayNode node = start("node", config -> config);
        TestMember copied = member("copied");
        byte[] one = RawMember.instance(1);
        byte[] other = RawMember.instance(2);
        RawMember first = connect(copied, node).hello(one, 7017, true);
        node.awaitLinks(1);
        RawMember second = connect(copied, node).hello(other, 7017, true);
        assertThat(first.isEndedWithin(20_000)).isTrue();
        assertThat(node.warnings).as("the node may have been started again").isEmpty();
        connect(copied, node).hello(one, 7017, true);
        node.awaitLinks(2);
        assertThat(node.warnings).containsExactly(LinkWarning.SAME_NAME);
        second.close();
        node.awaitLinks(1);
        connect(copied, node).hello(other, 7017, true);
        node.awaitLinks(2);
        assertThat(node.everUp).as("no link has ended for another").hasSize(4);
        connect(copied, node).hello(RawMember.instance(3), 7017, true);
        Await.until("only the latest", () -> node.everUp.size() == 5); // one of them may have been started again
        node.awaitLinks(1);
        connect(copied, node).hello(one, 7017, true);
        node.awaitLinks(2);
    }
}
