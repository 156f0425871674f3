package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.Locator;
import io.grasp.security.TestMember;
import io.grasp.security.TestPeer;
import io.grasp.substrate.Link;
import io.grasp.substrate.netty.overlay.Identities;
import io.grasp.substrate.netty.overlay.NeighborSource;
import io.grasp.util.AddressText;
import io.grasp.util.PeerAddresses;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** What a node knows about addresses and ports when members leave them, and what it forgets. */
class OverlayPlacesTest extends OverlayTest {
    private static final int PONG_TOKEN = 0x77;
    /** A frame of streams that the other end returns. */
    private static final byte[] PING = {4, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, PONG_TOKEN};

    private static OverlayNode.Session opened(OverlayNode.Session session) {
        Await.until(() -> "a session, failed " + session.failure, () -> session.opened);
        return session;
    }

    private static String nameOf(OverlayNode.Session session) {
        return session.connection.peerIdentity().nodeName().toString();
    }

    private static void useShortly(OverlayNode node, OverlayNode.Session session) {
        giveUp(node, opened(session));
    }

    private static void giveUp(OverlayNode node, OverlayNode.Session session) {
        node.onLoop(() -> {
            session.connection.abort();
            return true;
        });
    }

    /** {@return a place at which a member was, which is connected at another place now} */
    private static int leftPlace(OverlayNode node, OverlayNode moved) {
        try (TestProxy translator = new TestProxy(moved.address(), false)) {
            int place = translator.port();
            OverlayNode.Session session = opened(node.connect(place));
            assertThat(nameOf(session)).isEqualTo(Identities.name("moved"));
            useShortly(node, node.connect(place));
            assertThat(node.onLoop(() -> places(node))).isEqualTo(1);
            opened(node.connect(moved)).echo(10);
            return place;
        }
    }

    @Test
    void aPlaceThatAMemberHasLeftBelongsToTheNodeThatIsThereNow() {
        OverlayNode node = start("node", config -> config);
        int place = leftPlace(node, start("moved", config -> config));
        OverlayNode heir = start("heir", config -> config.withPort(place).withNeighbors(node.place()));
        heir.awaitLinks(1);
        assertThat(nameOf(opened(node.connect(place)))).isEqualTo(Identities.name("heir"));
    }

    @Test
    void aNodeIsFoundAtAPlaceThatAnotherMemberHasLeft() {
        CompletableFuture<NeighborSource.Neighbors> source = new CompletableFuture<>();
        OverlayNode node = start(
                "node",
                config -> config.withNeighborSource(neighbors -> {
                    source.complete(neighbors);
                    return ended -> ended.done(null);
                }));
        int place = leftPlace(node, start("moved", config -> config));
        OverlayNode heir = start("heir", config -> config.withPort(place));
        Await.result("a source", source).found(new InetSocketAddress(OverlayNode.HOST, place), Duration.ofMinutes(1));
        heir.awaitLinks(1);
    }

    @Test
    void aPlaceWhoseNodeHasSaidItsHelloWithItsHandshakeCanBeConnectedToAgain() throws Exception {
        OverlayNode node = start("node", config -> config);
        int place;
        try (SSLServerSocket server = TestPeer.with(DOMAIN.authority().issue(Identities.name("early")))
                .listen(OverlayNode.HOST, "io.grasp.mux/1")) {
            SSLParameters parameters = server.getSSLParameters();
            parameters.setProtocols(new String[] {"TLSv1.2"}); // the server finishes the handshake
            server.setSSLParameters(parameters);
            place = server.getLocalPort();
            OverlayNode.Session first = node.connect(place);
            try (Socket socket = server.accept()) {
                socket.getOutputStream().write(AcceptingMember.hello((byte) 2, 256));
                opened(first);
            }
            first.awaitClosed();
        }
        start("heir", config -> config.withPort(place));
        assertThat(nameOf(opened(node.connect(place)))).isEqualTo(Identities.name("heir"));
    }

    @Test
    void placesThatAreNotInUseAnyMoreAreForgotten() throws Exception {
        InetAddress any = InetAddress.getByName("0.0.0.0");
        OverlayNode node = start("node", config -> config.withIdleTime(Duration.ofMillis(100)));
        OverlayNode peer = start("peer", config -> config.withAddresses(any));
        OverlayNode.Session kept = opened(node.connect(at("127.0.0.1", peer.port()), 0));
        kept.echo(10);
        for (int i = 1; i <= 6; i++) {
            useShortly(node, node.connect(at("127.0.7." + i, peer.port()), 0));
        }
        Await.until("one place in use", () -> node.onLoop(() -> places(node)) == 1);
        kept.echo(10);
    }

    @Test
    void sessionsInBothDirectionsNeedNoHandshakeOfTheirOwn() {
        OverlayNode one = start("one", config -> config);
        OverlayNode other = start("other", config -> config.withNeighbors(one.place()));
        one.awaitLinks(1);
        one.connect(other).echo(10);
        Await.until("one connection", () -> connections() == 2); // the node at either end may have opened it
        Set<String> before = ends();
        for (int i = 0; i < 3; i++) {
            for (OverlayNode.Session each : List.of(one.connect(other), other.connect(one))) {
                each.echo(10);
                giveUp(one, each); // both are on one loop
            }
        }
        assertThat(ends()).isEqualTo(before);
    }

    /** The peer does not say that it accepts connections there, for example because a translator forwards another port. */
    @Test
    void aPlaceWhoseConnectionHasBeenReplacedInPeaceIsRememberedForAWhile() {
        OverlayNode node = start("node", config -> config);
        OverlayNode peer = start("peer", config -> config);
        try (TestProxy translator = new TestProxy(peer.address(), false)) {
            useShortly(node, node.connect(translator.port()));
            OverlayNode.Session back = peer.connect(node);
            back.echo(10);
            Await.until("the end of the former connection", () -> connections() == 2);
            Set<String> before = ends();
            OverlayNode.Session session = opened(node.connect(translator.port()));
            session.echo(10);
            assertThat(nameOf(session)).isEqualTo(Identities.name("peer"));
            back.echo(10);
            assertThat(ends()).isEqualTo(before);
        }
    }

    /** For example because a forwarded port leads to another node now. */
    @Test
    void aPlaceWhoseConnectionHasFailedIsConnectedToAgainThoughItsMemberSaysThatItIsThere() throws Exception {
        OverlayNode node = start("node", config -> config);
        TestMember former = DOMAIN.authority().issue(Identities.name("former"));
        int place;
        try (RawMember claimant = RawMember.connect(former, node.port())) {
            try (AcceptingMember accepting = new AcceptingMember(former, 1, 2)) {
                place = accepting.port(0);
                OverlayNode.Session first = opened(node.connect(place));
                claimant.hello(RawMember.instance(0xff), place, false).awaitAnswer();
                claimant.stream(1, (byte) 1);
                Await.until("the claim", () -> node.accepted.size() == 1);
                accepting.reset(0);
                first.awaitClosed();
            }
            start("heir", config -> config.withPort(place));
            assertThat(nameOf(opened(node.connect(place)))).isEqualTo(Identities.name("heir"));
        }
    }

    @Test
    void aSessionThatIsGivenUpDoesNotWaitAtTheLinkLocalPlaceOfItsNeighborAnyMore() throws Exception {
        Inet6Address here = linkLocal();
        OverlayNode node = start("node", config -> config.withAddresses(here));
        try (ServerSocket silent = new ServerSocket(0, 50, here);
                RawMember neighbor = RawMember.connect(
                        DOMAIN.authority().issue(Identities.name("neighbor")),
                        new InetSocketAddress(here, node.port()),
                        "io.grasp.link/1",
                        () -> {})) {
            neighbor.framedHello(silent.getLocalPort(), true);
            node.awaitLinks(1);
            Locator locator = new Locator.Ipv6(
                    (Inet6Address) PeerAddresses.withoutScope(here), Locator.TCP, silent.getLocalPort());
            OverlayNode.Session session =
                    node.connect(locator, node.links.get(0).index());
            try (Socket waiting = silent.accept()) {
                giveUp(node, session);
                assertThat(session.awaitClosed()).isNull();
                waiting.setSoTimeout(5_000); // the handshake may take twice that
                waiting.getInputStream().readAllBytes();
            } catch (SocketException reset) {
                // it is over
            }
            assertThat(session.opened).isFalse();
        }
    }

    private static Inet6Address linkLocal() throws SocketException {
        return (Inet6Address)
                Collections.list(NetworkInterface.getByName(TestNetwork.LINK).getInetAddresses()).stream()
                        .filter(InetAddress::isLinkLocalAddress)
                        .findFirst()
                        .orElseThrow();
    }

    /** The neighbor has no streams; the node at its port has. */
    @Test
    void aSessionToALinkLocalAddressLeadsToThePortInItsLocatorAndKeepsTheScopeOfItsLink() throws Exception {
        Inet6Address here = linkLocal();
        OverlayNode node = start("node", config -> config.withAddresses(here));
        OverlayNode atItsPort = start("atItsPort", config -> config.withAddresses(here));
        OverlayNode atAnother = start("atAnother", config -> config.withAddresses(here));
        OverlayNode neighbor = start(
                "neighbor",
                config -> config.withAddresses(here)
                        .withNeighbors(AddressText.of(new InetSocketAddress(here, node.port()))));
        node.awaitLinks(1);
        try (RawMember withoutStreams = RawMember.connect(
                DOMAIN.authority().issue(Identities.name("withoutStreams")),
                new InetSocketAddress(here, node.port()),
                "io.grasp.link/1",
                () -> {})) {
            withoutStreams.framedHello(atItsPort.port(), true);
            node.awaitLinks(2);
            Map<Link, OverlayNode> places = Map.of(node.links.get(0), neighbor, node.links.get(1), atItsPort);
            for (Link link : node.links) {
                for (OverlayNode each : List.of(places.get(link), atAnother, places.get(link))) {
                    OverlayNode.Session session = opened(node.connect(
                            new Locator.Ipv6((Inet6Address) PeerAddresses.withoutScope(here), Locator.TCP, each.port()),
                            link.index()));
                    session.echo(10);
                    assertThat(each.accepted).isNotEmpty();
                    assertThat(((Inet6Address) session.connection.remote().getAddress()).getScopeId())
                            .isEqualTo(link.index());
                }
            }
        }
    }

    private static Locator at(String host, int port) throws UnknownHostException {
        return new Locator.Ipv4((Inet4Address) InetAddress.getByName(host), Locator.TCP, port);
    }

    /** {@return of how many places a node knows something} It is seen nowhere but in its memory. */
    private static int places(OverlayNode node) {
        try {
            Field members = node.substrate().getClass().getDeclaredField("members");
            members.setAccessible(true);
            Field routes = members.getType().getDeclaredField("routes");
            routes.setAccessible(true);
            return ((Map<?, ?>) routes.get(members.get(node.substrate()))).size();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** The second place is not wanted any more when the member says there which node it is. */
    @Test
    void aLinkRemainsWhenAnotherPlaceOfItsMemberIsNotWantedAnyMore() throws Exception {
        CompletableFuture<NeighborSource.Neighbors> source = new CompletableFuture<>();
        TestMember raw = DOMAIN.authority().issue(Identities.name("raw"));
        try (AcceptingMember member = new AcceptingMember(raw, 1, 2);
                SSLServerSocket other = TestPeer.with(raw).listen(OverlayNode.HOST, "io.grasp.mux/1")) {
            OverlayNode node = start(
                    "node",
                    config -> config.withNeighbors("[::1]:" + member.port(0)).withNeighborSource(neighbors -> {
                        source.complete(neighbors);
                        return ended -> ended.done(null);
                    }));
            node.awaitLinks(1);
            NeighborSource.Neighbors found = Await.result("a source", source);
            InetSocketAddress second = new InetSocketAddress(OverlayNode.HOST, other.getLocalPort());
            node.onLoop(() -> {
                found.found(second, Duration.ofMinutes(1));
                return true;
            });
            try (SSLSocket socket = (SSLSocket) other.accept()) {
                InputStream in = socket.getInputStream();
                in.readNBytes(AcceptingMember.FIRST_BYTES);
                node.onLoop(() -> {
                    found.lost(second);
                    return true;
                });
                socket.getOutputStream().write(AcceptingMember.hello((byte) 2, 256));
                socket.getOutputStream().write(PING);
                socket.getOutputStream().flush();
                socket.setSoTimeout(10_000);
                while (in.read() != PONG_TOKEN) {
                    // what comes before the answer to what was sent after the hello
                }
            }
            assertThat(node.everUp).as("the link has not been down").hasSize(1);
            assertThat(node.links).hasSize(1);
        }
    }

    /** The node that opens the second connection is known there, but it does not know yet with which node it is. */
    @Test
    void aSessionToAnotherAddressOfANeighborChangesNothingAboutTheLink() throws Exception {
        InetAddress second = InetAddress.getByName("127.0.0.1");
        OverlayNode node = start("node", config -> config.withAddresses(OverlayNode.HOST, second));
        OverlayNode other = start("other", config -> config.withNeighbors(node.place()));
        node.awaitLinks(1);
        opened(other.connect(at("127.0.0.1", node.port()), 0)).echo(10);
        assertThat(other.multicast(new byte[] {7})).isNull();
        Await.until("a message on the link", () -> node.messages.size() == 1);
        assertThat(node.everUp).hasSize(1);
        assertThat(other.everUp).hasSize(1);
    }
}
