package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.PeerRefusal;
import io.grasp.security.NodeIdentity;
import io.grasp.substrate.netty.overlay.Identities;
import io.grasp.substrate.netty.overlay.NeighborSource;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How links with neighbors come and go. */
@ExtendWith(NoLeaks.class)
class OverlayNeighborsTest {
    private static final Identities DOMAIN = new Identities();
    private static NettyLoop loop;

    private final List<NodeIdentity> identities = new ArrayList<>();
    private final List<OverlayNode> nodes = new ArrayList<>();

    @BeforeAll
    static void open() {
        TestNetwork.require();
        loop = NettyLoop.create();
    }

    @AfterAll
    static void end() {
        if (loop != null) {
            CompletableFuture<Boolean> closed = new CompletableFuture<>();
            loop.close(failure -> closed.complete(true));
            Await.result("end of the loop", closed);
        }
    }

    @AfterEach
    void close() {
        nodes.forEach(OverlayNode::close);
        identities.forEach(NodeIdentity::close);
        Await.until("no socket", () -> TestNetwork.openSockets().isEmpty());
    }

    private OverlayNode start(String name, UnaryOperator<OverlayConfig> settings) {
        NodeIdentity identity = DOMAIN.open(name);
        identities.add(identity);
        OverlayNode node = OverlayNode.start(loop, identity, settings);
        nodes.add(node);
        return node;
    }

    private static int freePort() {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int connections() {
        return (int) TestNetwork.openSockets().stream()
                .filter(line -> line.trim().split(" +", -1)[3].equals("01"))
                .count();
    }

    @Test
    void theLinkIsUpWhenTheStartCompletes() {
        OverlayNode one = start("one", config -> config);
        OverlayNode two = start("two", config -> config.withNeighbors(one.place()));
        assertThat(two.links).singleElement().satisfies(link -> {
            assertThat(link.name()).isEqualTo("peer:" + Identities.name("one"));
            assertThat(link.repliesInBand()).isTrue();
        });
        one.awaitLinks(1);
        assertThat(two.substrate().loop()).isSameAs(loop);
    }

    @Test
    void twoNodesThatConnectToEachOtherKeepOneConnectionAndSessionsInTheOtherEndInPeace() {
        int port = freePort();
        OverlayNode one = start("one", config -> config.withPort(port).withNeighbors("[::1]:" + freePort()));
        List<OverlayNode.Session> stay = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            OverlayNode two = start("two" + i, config -> config.withNeighbors("[::1]:" + port));
            OverlayNode.Session forth = two.connect(one);
            OverlayNode.Session back = one.connect(two);
            forth.echo(10);
            back.echo(10);
            one.awaitLinks(i + 1);
            forth.echo(10);
            two.onLoop(() -> {
                forth.connection.close();
                return true;
            });
            assertThat(forth.awaitClosed()).isNull();
            stay.add(back);
        }
        Await.until("one connection of each pair", () -> connections() == 10); // both ends are on this host
        stay.forEach(back -> back.echo(10));
    }

    @Test
    void bothSidesMayOpenAtOnce() {
        int first = freePort();
        int second = freePort();
        OverlayNode one = start(
                "one",
                config -> config.withPort(first).withNeighborWait(Duration.ZERO).withNeighbors("[::1]:" + second));
        OverlayNode two = start(
                "two",
                config ->
                        config.withPort(second).withNeighborWait(Duration.ZERO).withNeighbors("[::1]:" + first));
        one.awaitLinks(1);
        two.awaitLinks(1);
        Await.until("one connection", () -> connections() == 2);
        assertThat(one.everUp).hasSize(1);
        assertThat(two.everUp).hasSize(1);
    }

    @Test
    void aNeighborThatWasRestartedIsConnectedToAgain() {
        int port = freePort();
        OverlayNode one =
                start("one", config -> config.withNeighborWait(Duration.ZERO).withNeighbors("[::1]:" + port));
        assertThat(one.links).isEmpty();
        for (int i = 0; i < 2; i++) {
            OverlayNode two = start("two", config -> config.withPort(port));
            one.awaitLinks(1);
            two.awaitLinks(1);
            assertThat(two.multicast(new byte[] {1, 2, 3})).isNull();
            Await.until("a message", () -> !one.messages.isEmpty());
            one.messages.clear();
            two.close();
            one.awaitLinks(0);
        }
        assertThat(one.failures).isNotEmpty();
    }

    @Test
    void aFoundNeighborMayBeLostAgain() {
        OverlayNode one = start("one", config -> config);
        NeighborSource.Neighbors[] found = new NeighborSource.Neighbors[1];
        AtomicBoolean ended = new AtomicBoolean();
        OverlayNode two = start(
                "two",
                config -> config.withNeighborSource(neighbors -> {
                    found[0] = neighbors;
                    return () -> ended.set(true);
                }));
        Await.until("the source", () -> found[0] != null);
        found[0].found(one.address());
        found[0].found(one.address());
        two.awaitLinks(1);
        one.awaitLinks(1);
        found[0].lost(one.address());
        two.awaitLinks(0);
        one.awaitLinks(0);
        two.close();
        assertThat(ended).isTrue();
        found[0].found(one.address());
    }

    @Test
    void aNodeTakesNoMoreNeighborsThanItMay() {
        OverlayNode center = start("center", config -> config.withMaxNeighbors(2));
        OverlayNode first = start("first", config -> config.withNeighbors(center.place()));
        start("second", config -> config.withNeighbors(center.place()));
        center.awaitLinks(2);
        OverlayNode third = start("third", config -> config.withNeighbors(center.place()));
        center.awaitRefusal(PeerRefusal.TOO_MANY_NEIGHBORS);
        assertThat(center.links).hasSize(2);
        assertThat(third.links).isEmpty();
        OverlayNode.Session session = third.connect(center);
        session.echo(10);
        first.close();
        third.awaitLinks(1);
    }

    @Test
    void anIdleConnectionIsClosedAndOpenedAgainWhenNeeded() {
        OverlayNode one = start("one", config -> config.withIdleTime(Duration.ofMillis(100)));
        OverlayNode two = start("two", config -> config.withIdleTime(Duration.ofMillis(100)));
        for (int i = 0; i < 2; i++) {
            Await.until("no connection", () -> connections() == 0);
            OverlayNode.Session session = two.connect(one);
            session.echo(10);
            two.onLoop(() -> {
                session.connection.close();
                return true;
            });
            session.awaitClosed();
        }
        assertThat(one.everUp).as("sessions make no neighbors").isEmpty();
    }

    @Test
    void namesAreResolved() throws IOException {
        InetAddress ipv4 = InetAddress.getByName("127.0.0.1");
        OverlayNode one = start("one", config -> config.withAddresses(OverlayNode.HOST, ipv4));
        OverlayNode two = start("two", config -> config.withNeighbors("localhost:" + one.port()));
        two.awaitLinks(1);
    }

    @Test
    void aNeighborThatIsNoLongerWantedLearnsItAlsoIfTheQueueIsFull() {
        OverlayNode slow = start("slow", config -> config);
        NeighborSource.Neighbors[] found = new NeighborSource.Neighbors[1];
        try (TestProxy proxy = new TestProxy(slow.address(), false)) {
            OverlayNode flooding = start(
                    "flooding",
                    config -> config.withQueueBytes(100_000).withNeighborSource(neighbors -> {
                        found[0] = neighbors;
                        return () -> {};
                    }));
            InetSocketAddress place = new InetSocketAddress(OverlayNode.HOST, proxy.port());
            found[0].found(place);
            flooding.awaitLinks(1);
            slow.awaitLinks(1);
            proxy.reading(false);
            for (int size : new int[] {60_000, 5_000, 500, 50, 1}) {
                fillQueue(flooding, size);
            }
            found[0].lost(place);
            flooding.awaitLinks(0);
            proxy.reading(true);
            slow.awaitLinks(0);
            flooding.close();
        }
    }

    private static void fillQueue(OverlayNode flooding, int size) {
        Throwable[] full = new Throwable[1];
        while (full[0] == null) {
            flooding.onLoop(() -> {
                for (int i = 0; i < 100; i++) {
                    flooding.links.get(0).multicast(new byte[size], failure -> full[0] = failure);
                }
                return true;
            });
        }
    }

    @Test
    void foundNeighborsThatDoNotAnswerMakeRoomForOthers() {
        OverlayNode real = start("real", config -> config);
        OverlayNode other = start("other", config -> config);
        NeighborSource.Neighbors[] found = new NeighborSource.Neighbors[1];
        OverlayNode node = start(
                "node",
                config -> config.withMaxNeighbors(2).withNeighborSource(neighbors -> {
                    found[0] = neighbors;
                    return () -> {};
                }));
        found[0].found(new InetSocketAddress(OverlayNode.HOST, 1));
        found[0].found(new InetSocketAddress(OverlayNode.HOST, 2));
        Await.until("failures of both", () -> node.failures.size() >= 3);
        found[0].found(real.address());
        node.awaitLinks(1);
        int before = node.failures.size();
        Await.until("another failure", () -> node.failures.size() > before);
        found[0].found(other.address());
        node.awaitLinks(2);
    }
}
