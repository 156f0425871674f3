package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.security.TestMember;
import io.grasp.security.TestPeer;
import io.grasp.substrate.Link;
import io.grasp.substrate.netty.overlay.Identities;
import io.grasp.substrate.netty.overlay.NeighborSource;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a node does where it cannot connect to, but another member says that it is there. */
class OverlayClaimsTest extends OverlayTest {
    private static final byte FLAGS = 2;
    private static final byte WANTS = 1;
    private static final byte ACCEPTS = 2;
    private static final byte CLOSING = 3;

    private final List<RawMember> raw = new ArrayList<>();
    private final CompletableFuture<NeighborSource.Neighbors> source = new CompletableFuture<>();

    @AfterEach
    void closeConnections() throws IOException {
        for (RawMember each : raw) {
            each.close();
        }
    }

    private static TestMember member(String name) {
        return DOMAIN.authority().issue(Identities.name(name));
    }

    private OverlayNode start() {
        return start(
                "node",
                config -> config.withNeighborSource(neighbors -> {
                    source.complete(neighbors);
                    return ended -> ended.done(null);
                }));
    }

    private void find(OverlayNode node, int place) {
        NeighborSource.Neighbors found = Await.result("a source", source);
        node.onLoop(() -> {
            found.found(new InetSocketAddress(OverlayNode.HOST, place), Duration.ofMinutes(1));
            return true;
        });
    }

    /** {@return a member that says that it accepts connections at a place, and accepts a link} */
    private RawMember claim(String name, OverlayNode node, int place) throws IOException {
        return claim(name, RawMember.newInstance(), node, place);
    }

    private RawMember claim(String name, byte[] instance, OverlayNode node, int place) throws IOException {
        return claim(name, instance, node, place, false);
    }

    /** @param keepsLink whether there is a link with it already, which remains */
    private RawMember claim(String name, byte[] instance, OverlayNode node, int place, boolean keepsLink)
            throws IOException {
        RawMember claimant = RawMember.connect(member(name), node.port());
        raw.add(claimant);
        claimant.hello(instance, place, keepsLink).awaitAnswer();
        claimant.messages(1, FLAGS, ACCEPTS);
        int sessions = node.accepted.size();
        claimant.stream(1, (byte) 1);
        Await.until("what came after the flags", () -> node.accepted.size() > sessions);
        return claimant;
    }

    private static OverlayNode.Session opened(OverlayNode.Session session) {
        Await.until(() -> "a session, failed " + session.failure, () -> session.opened);
        return session;
    }

    private static String nameOf(OverlayNode.Session session) {
        return session.connection.peerIdentity().nodeName().toString();
    }

    private static void awaitOnlyLink(OverlayNode node, String name) {
        Await.until(
                () -> "a link with " + name + ", now " + node.links + ", failures " + node.failures,
                () -> node.links.stream().map(Link::name).toList().equals(List.of("peer:" + Identities.name(name))));
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    @Test
    void aClaimServesSessionsOnlyUntilTheNodeOfThatPlaceIsThereAgain() throws Exception {
        OverlayNode node = start();
        int place = freePort();
        claim("claimant", node, place);
        OverlayNode.Session first = opened(node.connect(place)); // the true node is being restarted
        assertThat(nameOf(first)).isEqualTo(Identities.name("claimant"));

        OverlayNode honest = start("honest", config -> config.withPort(place));

        awaitSessionsWith("honest", node, place);
        assertThat(first.closed).isFalse();
        assertThat(honest.refusals).isEmpty();
    }

    private static void awaitSessionsWith(String name, OverlayNode node, int place) {
        Await.until("a session with " + name, () -> {
            OverlayNode.Session session = node.connect(place);
            Await.until("an event", () -> session.opened || session.closed);
            boolean isWithIt = session.opened && nameOf(session).equals(Identities.name(name));
            giveUp(node, session);
            return isWithIt;
        });
    }

    private static void giveUp(OverlayNode node, OverlayNode.Session session) {
        node.onLoop(() -> {
            session.connection.abort();
            return true;
        });
        session.awaitClosed();
    }

    @Test
    void aNodeIsFoundWhereAClaimServesAlsoAfterASessionThatWaitedThereWasGivenUp() throws Exception {
        OverlayNode node = start();
        int place = freePort();
        byte[] instance = RawMember.newInstance();
        RawMember claimant = claim("claimant", instance, node, place);
        opened(node.connect(place));
        try (ServerSocket silent = new ServerSocket(place, 50, OverlayNode.HOST)) {
            silent.setSoTimeout(20_000);
            try (Socket attempt = silent.accept()) {
                claimant.messages(1, CLOSING);
                giveUp(node, waiting(node, place));
                claim("claimant", instance, node, place);
                assertThat(nameOf(opened(node.connect(place)))).isEqualTo(Identities.name("claimant"));
                assertThat(attempt.isClosed()).isFalse();
            }
        }
        start("honest", config -> config.withPort(place));
        awaitSessionsWith("honest", node, place);
    }

    /** {@return the first session that is not served by a claim} */
    private static OverlayNode.Session waiting(OverlayNode node, int place) {
        while (true) {
            OverlayNode.Session session = node.connect(place);
            boolean opened = node.onLoop(() -> session.opened);
            if (!opened) {
                return session;
            }
            giveUp(node, session);
        }
    }

    @Test
    void aSessionIsServedByTheOnlyMemberThatSaysThatItIsThereAndTakesSessions() throws Exception {
        OverlayNode node = start();
        int nowhere = freePort();
        RawMember withoutStreams =
                RawMember.connect(member("withoutStreams"), node.port(), "io.grasp.link/1", () -> {});
        withoutStreams.framedHello(nowhere, true);
        node.awaitLinks(1);
        assertThat(node.connect(nowhere).awaitClosed()).isInstanceOf(ConnectException.class);
        withoutStreams.close();
        node.awaitLinks(0);

        RawMember claimant = claim("claimant", node, nowhere);
        OverlayNode.Session first = opened(node.connect(nowhere));
        assertThat(nameOf(first)).isEqualTo(Identities.name("claimant"));
        claimant.messages(1, CLOSING);
        Await.until("a session that fails", () -> {
            OverlayNode.Session session = node.connect(nowhere);
            Await.until("an event", () -> session.opened || session.closed);
            return session.closed && session.failure instanceof ConnectException;
        });
        assertThat(first.closed).isFalse();

        int another = freePort();
        claim("one", node, another);
        opened(node.connect(another));
        claim("two", node, another);
        assertThat(node.connect(another).awaitClosed()).isInstanceOf(ConnectException.class);
    }

    /** It accepts connections at another address, as if a firewall kept them away from this one. */
    @Test
    void twoNodesAreNeighborsAlsoIfOnlyOneOfThemCanConnectToTheOther() throws Exception {
        InetAddress another = InetAddress.getByName("127.0.0.1");
        int port = freePort();
        OverlayNode open =
                start("open", config -> config.withNeighborWait(Duration.ZERO).withNeighbors("[::1]:" + port));
        for (boolean bothWant : new boolean[] {false, true}) {
            int failures = open.failures.size();
            Await.until("a failed attempt", () -> open.failures.size() > failures);
            OverlayNode behind = start("behind", config -> {
                OverlayConfig own = config.withAddresses(another).withPort(port);
                return bothWant ? own.withNeighbors(open.place()) : own;
            });
            behind.connect(open).echo(10);
            open.awaitLinks(1);
            behind.awaitLinks(1);
            open.connect(port).echo(10);
            assertThat(behind.multicast(new byte[] {1})).isNull();
            Await.until("a message", () -> !open.messages.isEmpty());
            open.messages.clear();
            behind.close();
            open.awaitLinks(0);
        }
    }

    @Test
    void theNeighborWhereNothingCanBeConnectedToIsTheOnlyMemberThatSaysThatItIsThere() throws Exception {
        OverlayNode node = start();
        int nowhere = freePort();
        claim("claimant", node, nowhere);
        find(node, nowhere);
        awaitOnlyLink(node, "claimant");
        assertThat(node.failures).isEmpty();

        claim("second", node, nowhere);

        node.awaitLinks(0);
        Await.until("a failed attempt", () -> !node.failures.isEmpty());
        assertThat(node.failures.get(0)).isInstanceOf(ConnectException.class);
    }

    @Test
    @Tag("long")
    void theAttemptsBeginAnewWhenALinkWithASubstituteGoesDownThatWasUpForAWhile() throws Exception {
        int place = freePort();
        OverlayNode node = start(
                "node",
                config -> config.withNeighborWait(Duration.ZERO)
                        .withNeighbors("[::1]:" + place)
                        .withRetry(Duration.ofSeconds(2), Duration.ofMinutes(10)));
        RawMember claimant = claim("claimant", node, place);
        awaitOnlyLink(node, "claimant");
        pass(Duration.ofSeconds(15)); // the pauses were 2, 4 and 8 s, or up to a quarter less; the next is 16 s
        start("honest", config -> config.withPort(place));
        claimant.close();
        node.awaitLinks(0);
        long down = System.nanoTime();
        awaitOnlyLink(node, "honest");
        assertThat(Duration.ofNanos(System.nanoTime() - down)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void aMemberWithALinkThatBecomesASubstituteKeepsItWhenTheTrueNodeIsThere() throws Exception {
        OverlayNode node = start();
        int place = freePort();
        RawMember claimant = claim("claimant", node, place);
        claimant.messages(1, FLAGS, WANTS);
        awaitOnlyLink(node, "claimant");
        find(node, place);
        OverlayNode honest = start("honest", config -> config.withPort(place));
        honest.awaitLinks(1);
        node.awaitLinks(2);
        assertThat(node.everUp).hasSize(2);
        claimant.messages(1, FLAGS, (byte) 0);
        awaitOnlyLink(node, "honest");
    }

    @Test
    void aSubstituteThatIsAlsoANeighborAtAnotherPlaceRemainsThat() throws Exception {
        OverlayNode node = start();
        int nowhere = freePort();
        claim("peer", RawMember.instance(0xff), node, nowhere);
        find(node, nowhere);
        awaitOnlyLink(node, "peer");
        try (AcceptingMember peer = new AcceptingMember(member("peer"), 1, ACCEPTS)) {
            find(node, peer.port(0));
            opened(node.connect(peer.port(0)));
            lose(node, nowhere);
            assertThat(node.links).hasSize(1);
            assertThat(node.everUp).hasSize(1);
            lose(node, peer.port(0));
            assertThat(node.links).isEmpty();
        }
    }

    @Test
    void aNeighborIsASubstituteWhenItsPlaceCannotBeConnectedToAnyMore() throws Exception {
        OverlayNode node = start();
        try (AcceptingMember peer = new AcceptingMember(member("peer"), 1, ACCEPTS);
                TestProxy firewall = new TestProxy(new InetSocketAddress(OverlayNode.HOST, peer.port(0)), false)) {
            int place = firewall.port();
            find(node, place);
            awaitOnlyLink(node, "peer");
            claim("peer", RawMember.instance(0xff), node, place, true);
            firewall.stopAccepting();
            firewall.reset();
            pass(Duration.ofMillis(300)); // the attempts fail
            assertThat(node.failures).isEmpty();
            assertThat(node.everUp).hasSize(1);
            start("honest", config -> config.withPort(place));
            awaitOnlyLink(node, "honest");
        }
    }

    private void lose(OverlayNode node, int place) {
        NeighborSource.Neighbors found = Await.result("a source", source);
        node.onLoop(() -> {
            found.lost(new InetSocketAddress(OverlayNode.HOST, place));
            return true;
        });
        node.onLoop(() -> true); // it is lost on a later turn
    }

    @Test
    void theTrueNodeIsTheNeighborAlsoAfterAnAttemptThatWasResetWhereAClaimServed() throws Exception {
        OverlayNode node = start();
        int place = freePort();
        claim("claimant", node, place);
        find(node, place);
        awaitOnlyLink(node, "claimant");
        try (ServerSocket starting = new ServerSocket(place, 50, OverlayNode.HOST)) {
            starting.setSoTimeout(20_000);
            try (Socket reset = starting.accept()) {
                reset.getInputStream().read();
                reset.setSoLinger(true, 0);
            }
        }
        start("honest", config -> config.withPort(place));
        awaitOnlyLink(node, "honest");
    }

    @Test
    void aClaimDoesNotServeWhereANodeEndsItsConnections() throws Exception {
        OverlayNode node = start();
        try (SSLServerSocket server = listen("io.grasp.mux/1")) {
            claim("claimant", node, server.getLocalPort());
            for (boolean withHandshake : new boolean[] {false, true}) {
                OverlayNode.Session session = node.connect(server.getLocalPort());
                try (SSLSocket socket = (SSLSocket) server.accept()) {
                    if (withHandshake) {
                        socket.startHandshake();
                    }
                }
                session.awaitClosed();
                assertThat(session.opened).isFalse();
            }
        }
    }

    @Test
    void aClaimDoesNotServeWhereANodeCannotBeANeighbor() throws Exception {
        OverlayNode node = start();
        try (SSLServerSocket server = listen()) {
            claim("claimant", node, server.getLocalPort());
            find(node, server.getLocalPort());
            try (SSLSocket socket = (SSLSocket) server.accept()) {
                handshake(socket);
                Await.until("the failure", () -> !node.failures.isEmpty());
            }
            assertThat(node.failures.get(0)).hasMessageContaining("it cannot be a neighbor");
            assertThat(node.everUp).isEmpty();
        }
    }

    @Test
    void aSessionThatWaitsForTheSameAttemptAsALinkIsServedByAPeerWithSessionsOnly() throws Exception {
        OverlayNode node = start();
        try (SSLServerSocket server = listen("grasp")) {
            find(node, server.getLocalPort());
            try (SSLSocket socket = (SSLSocket) server.accept()) {
                OverlayNode.Session session = node.connect(server.getLocalPort());
                assertThat(session.opened).isFalse();
                socket.startHandshake();
                opened(session);
                Await.until("the failure", () -> !node.failures.isEmpty());
                assertThat(node.failures.get(0)).hasMessageContaining("it cannot be a neighbor");
            }
        }
    }

    @Test
    void aLinkThatWaitsForTheSameAttemptAsASessionIsOfferedToThePeerBeforeItFails() throws Exception {
        OverlayNode node = start();
        for (String[] protocols : new String[][] {{"io.grasp.link/1", "grasp"}, {"io.grasp.link/1"}}) {
            try (SSLServerSocket server = listen(protocols)) {
                OverlayNode.Session session = node.connect(server.getLocalPort());
                try (SSLSocket ofSession = (SSLSocket) server.accept()) {
                    find(node, server.getLocalPort());
                    node.onLoop(
                            () -> { // on a later turn than the dial
                                session.connection.abort();
                                return true;
                            });
                    session.awaitClosed();
                    handshake(ofSession);
                    try (SSLSocket ofLink = (SSLSocket) server.accept()) {
                        ofLink.startHandshake();
                        assertThat(ofLink.getApplicationProtocol()).isEqualTo("io.grasp.link/1");
                        assertThat(node.failures).isEmpty();
                        lose(node, server.getLocalPort());
                    }
                }
            }
        }
    }

    private static void handshake(SSLSocket socket) {
        try {
            socket.startHandshake();
        } catch (IOException ended) {
            // because of the protocols
        }
    }

    /** {@return a member that accepts TLS connections, and one of some protocols; with none, it knows no ALPN} */
    private static SSLServerSocket listen(String... protocols) throws IOException {
        SSLServerSocket server = TestPeer.with(member("server")).listen(OverlayNode.HOST, "grasp");
        SSLParameters parameters = server.getSSLParameters();
        parameters.setApplicationProtocols(protocols);
        server.setSSLParameters(parameters);
        server.setSoTimeout(20_000);
        return server;
    }
}
