package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.Locator;
import io.grasp.model.Security;
import io.grasp.security.TestPeer;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.Link;
import io.grasp.substrate.ReplyPath;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateListener;
import io.grasp.substrate.netty.acp.AcpConfig;
import io.grasp.substrate.netty.acp.AcpNeighbor;
import io.grasp.substrate.netty.acp.AcpSubstrate;
import io.grasp.substrate.netty.overlay.Identities;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import io.grasp.substrate.netty.overlay.OverlaySubstrate;
import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.netty.DisposableServer;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpServer;

/** What is left of a substrate whose loop has failed: nothing. */
@ExtendWith(NoLeaks.class)
class FailedLoopTest {
    private static final OutOfMemoryError ERROR = new OutOfMemoryError("expected by this test");
    private static final Identities DOMAIN = new Identities();
    private static InetAddress address;

    /** Whose loop it is. */
    enum Owner {
        SUBSTRATE,
        TEST,
        APPLICATION
    }

    private final LoopResources resources = LoopResources.create("application", 1, true);
    private final NettyLoop loopOfPeer = NettyLoop.create();
    private final SwitchedIdentity identity = new SwitchedIdentity(DOMAIN.open("failing"));
    private final SwitchedIdentity identityOfPeer = new SwitchedIdentity(DOMAIN.open("peer"));
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger searches = new AtomicInteger();
    private final CompletableFuture<Boolean> closed = new CompletableFuture<>();
    private final List<Socket> raw = new ArrayList<>();
    private ServerSocket silent;

    private static final ConnectionListener NO_LISTENER = new ConnectionListener() {
        @Override
        public void opened() {
            // not of interest
        }

        @Override
        public void received(byte[] bytes) {
            // not of interest
        }

        @Override
        public void inputEnded() {
            // not of interest
        }

        @Override
        public void closed(Throwable failure) {
            // not of interest
        }
    };

    /** A node that records its links and the connections of peers. */
    private static class PlainNode implements SubstrateListener {
        final List<Link> links = new CopyOnWriteArrayList<>();
        final List<Connection> accepted = new CopyOnWriteArrayList<>();

        @Override
        public void linkUp(Link link) {
            links.add(link);
        }

        @Override
        public void linkDown(Link link) {
            links.remove(link);
        }

        @Override
        public void linkFailed(String name, Throwable cause) {
            throw new AssertionError(name, cause);
        }

        @Override
        public void linkMessage(Link link, byte[] message, ReplyPath replyPath) {
            throw new AssertionError("nothing is sent");
        }

        @Override
        public ConnectionListener accepted(Connection connection) {
            accepted.add(connection);
            return NO_LISTENER;
        }

        @Override
        public void securityChanged(Security security) {
            // secured when the port is bound
        }
    }

    /** A node on an Autonomic Control Plane. */
    private static final class AcpNode extends PlainNode {
        private final AcpSubstrate substrate;

        AcpNode(AcpSubstrate substrate) {
            this.substrate = substrate;
        }

        void start() {
            CompletableFuture<Boolean> started = new CompletableFuture<>();
            substrate.loop().execute(() -> substrate.start(this, failure -> started.complete(failure == null)));
            assertThat(Await.result("the start", started)).isTrue();
        }

        int port() {
            return call(substrate::port);
        }

        void awaitConnected(int count) {
            Await.until(
                    count + " neighbors",
                    () -> call(substrate::neighbors).stream()
                                    .filter(AcpNeighbor::connected)
                                    .count()
                            == count);
        }

        private <T> T call(Supplier<T> call) {
            CompletableFuture<T> result = new CompletableFuture<>();
            substrate.loop().execute(() -> result.complete(call.get()));
            return Await.result("a call", result);
        }

        void close() {
            CompletableFuture<Boolean> done = new CompletableFuture<>();
            substrate.loop().execute(() -> substrate.close(failure -> done.complete(true)));
            Await.result("the close", done);
        }
    }

    @BeforeAll
    static void require() throws IOException {
        TestNetwork.require();
        address = HostAddresses.read().beyondLinks().get(0).address();
    }

    @BeforeEach
    void openSilentServer() throws IOException {
        silent = new ServerSocket(0, 50, OverlayNode.HOST);
    }

    @AfterEach
    void closeAll() throws IOException {
        silent.close();
        for (Socket each : raw) {
            each.close();
        }
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        loopOfPeer.close(failure -> ended.complete(true));
        Await.result("the end of the peer's loop", ended);
        resources.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block();
        identity.close();
        identityOfPeer.close();
    }

    private NettyLoop newLoop(Owner owner) {
        return owner == Owner.APPLICATION ? NettyLoop.on(resources) : NettyLoop.create();
    }

    /** Closes the substrate when its loop fails, as the engine does. */
    private void closeOnFailure(Substrate substrate) {
        run(
                substrate,
                () -> substrate.loop().onFailure(error -> {
                    failures.add(error);
                    substrate.close(failure -> closed.complete(true));
                }));
    }

    private static void run(Substrate substrate, Runnable task) {
        CompletableFuture<Boolean> ran = new CompletableFuture<>();
        substrate.loop().execute(() -> {
            task.run();
            ran.complete(true);
        });
        Await.result("a task", ran);
    }

    private static void fail(Substrate substrate) {
        substrate.loop().execute(() -> {
            throw ERROR;
        });
    }

    private OverlayConfig overlay(OverlayNode peer) {
        return OverlayConfig.defaults()
                .withPort(0)
                .withAddresses(OverlayNode.HOST)
                .withNeighbors(peer.place(), "[::1]:" + silent.getLocalPort(), "localhost:1")
                .withNeighborWait(Duration.ofMillis(200))
                .withNeighborSource(neighbors -> {
                    searches.incrementAndGet();
                    return ended -> {
                        searches.decrementAndGet();
                        ended.done(null);
                    };
                });
    }

    private OverlaySubstrate overlay(Owner owner, OverlayConfig config) {
        return owner == Owner.SUBSTRATE
                ? OverlaySubstrate.create(config, identity)
                : OverlaySubstrate.on(newLoop(owner), config, identity);
    }

    private void begin(InetSocketAddress server) throws IOException {
        Socket handshaking = new Socket(server.getAddress(), server.getPort());
        raw.add(handshaking);
        handshaking.getOutputStream().write(new byte[] {22, 3, 1, 1, 0, 1});
    }

    private void assertNothingLeft(NettyLoop failed) throws IOException {
        Await.result("the close", closed);
        assertThat(failures)
                .singleElement()
                .satisfies(each -> assertThat(each.getCause() == null ? each : each.getCause())
                        .isSameAs(ERROR));
        for (Socket each : raw) {
            assertEnds(each);
            each.close();
        }
        silent.close();
        assertThat(identity.listeners()).as("watches of the identity").isZero();
        assertThat(searches).as("searches").hasValue(0);
        Await.until(
                "no socket, now " + TestNetwork.openSockets(),
                () -> TestNetwork.openSockets().isEmpty());
        Await.until(
                "no threads for handshakes",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(each -> each.getName().equals("grasp-handshake")));
        assertThat(timersOf(failed)).as("timers").isEmpty();
    }

    private static Collection<?> timersOf(NettyLoop loop) {
        try {
            Field queue = AbstractScheduledEventExecutor.class.getDeclaredField("scheduledTaskQueue");
            queue.setAccessible(true);
            CompletableFuture<Collection<?>> timers = new CompletableFuture<>();
            Runnable look = () -> {
                try {
                    Object value = queue.get(loop.events());
                    timers.complete(value == null ? List.of() : List.copyOf((Collection<?>) value));
                } catch (IllegalAccessException e) {
                    timers.completeExceptionally(e);
                }
            };
            if (loop.events().isShuttingDown()) {
                Await.until("the end of the loop", loop.events()::isTerminated);
                look.run();
            } else {
                loop.events().execute(look);
            }
            return Await.result("timers", timers);
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertEnds(Socket socket) {
        try {
            socket.setSoTimeout(5000);
            socket.getInputStream().readAllBytes();
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the connection is still open", e);
        } catch (IOException reset) {
            // it has ended too
        }
    }

    /** A service and a node share a loop; the service goes on when the node has ended. */
    @Test
    void aNodeOnALoopOfTheApplicationLeavesItAlone() throws IOException {
        List<String> threads = new CopyOnWriteArrayList<>();
        DisposableServer service = TcpServer.create()
                .runOn(resources, false)
                .bindAddress(() -> new InetSocketAddress(OverlayNode.HOST, 0))
                .handle((in, out) -> {
                    threads.add(Thread.currentThread().getName());
                    return out.send(in.receive().retain());
                })
                .bindNow();
        OverlayNode peer = OverlayNode.start(loopOfPeer, identityOfPeer, config -> config);
        NettyLoop loop = NettyLoop.on(resources);
        OverlaySubstrate substrate = OverlaySubstrate.on(loop, overlay(peer), identity);
        OverlayNode node = OverlayNode.start(substrate);
        node.awaitLinks(1);
        OverlayNode.Session ours = node.connect(peer);
        ours.echo(10);
        peer.connect(node).echo(10);
        assertServes(service);
        assertThat(threads)
                .containsOnly(node.onLoop(() -> Thread.currentThread().getName()));

        node.close();

        assertThat(ours.awaitClosed()).isNull();
        peer.awaitLinks(0);
        peer.close();
        assertThat(identity.listeners()).isZero();
        assertThat(searches).hasValue(0);
        assertServes(service);
        CompletableFuture<Boolean> left = new CompletableFuture<>();
        loop.close(failure -> left.complete(true));
        Await.result("the end of the use of the loop", left);
        assertThat(timersOf(loop)).isEmpty();
        assertServes(service);
        service.disposeNow();
        silent.close();
        Await.until("no socket", () -> TestNetwork.openSockets().isEmpty());
    }

    private static void assertServes(DisposableServer service) throws IOException {
        try (Socket client = new Socket(OverlayNode.HOST, service.port())) {
            client.setSoTimeout(5000);
            client.getOutputStream().write(7);
            assertThat(client.getInputStream().read()).isEqualTo(7);
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsLeftOfAPlainSubstrate(Owner owner) throws IOException {
        NettyConfig config = NettyConfig.defaults()
                .withLinks(TestNetwork.LINK)
                .withResolveNames(true)
                .withAssumeSecure(true);
        NettySubstrate substrate =
                owner == Owner.SUBSTRATE ? NettySubstrate.create(config) : NettySubstrate.on(newLoop(owner), config);
        PlainNode node = new PlainNode();
        CompletableFuture<Boolean> started = new CompletableFuture<>();
        substrate.loop().execute(() -> substrate.start(node, failure -> started.complete(failure == null)));
        assertThat(Await.result("the start", started)).isTrue();
        closeOnFailure(substrate);
        begin(new InetSocketAddress(address, substrate.port()));
        Await.until("a connection", () -> node.accepted.size() == 1);
        run(substrate, () -> substrate.connect(new Locator.Fqdn("localhost", Locator.TCP, 1), 0, NO_LISTENER));

        fail(substrate);

        assertNothingLeft(substrate.loop());
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsLeftOfAnOverlay(Owner owner) throws IOException {
        OverlayNode peer = OverlayNode.start(loopOfPeer, identityOfPeer, config -> config);
        OverlaySubstrate substrate = overlay(owner, overlay(peer));
        OverlayNode node = OverlayNode.start(substrate);
        closeOnFailure(substrate);
        node.awaitLinks(1);
        OverlayNode.Session ours = node.connect(peer);
        ours.echo(10);
        OverlayNode.Session theirs = peer.connect(node);
        theirs.echo(10);
        begin(node.address());

        fail(substrate);

        theirs.awaitClosed();
        peer.awaitLinks(0);
        peer.close();
        assertNothingLeft(substrate.loop());
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsLeftOfAnOverlayThatHasNoMemoryForTls(Owner owner) throws IOException {
        TestPeer computing = TestPeer.with(DOMAIN.authority().issue(Identities.name("failing")));
        identity.engines(computing.throwing(ERROR));
        OverlaySubstrate substrate =
                overlay(owner, OverlayConfig.defaults().withPort(0).withAddresses(OverlayNode.HOST));
        OverlayNode node = OverlayNode.start(substrate);
        closeOnFailure(substrate);
        begin(node.address());
        InetSocketAddress server = node.address();

        try {
            raw.add(TestPeer.with(DOMAIN.authority().issue(Identities.name("client")))
                    .connect(server));
        } catch (SocketException resetInTheHandshake) {
            // the peer sees the failure before it knows that it is connected
        }

        assertNothingLeft(substrate.loop());
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsLeftOnAnAutonomicControlPlane(Owner owner) throws IOException {
        AcpConfig config = AcpConfig.on(TestNetwork.LINK)
                .withAddress(address)
                .withPort(0)
                .withRetry(Duration.ofMillis(20), Duration.ofMillis(100));
        AcpNode peer = new AcpNode(AcpSubstrate.on(loopOfPeer, config.withNeighborSources(), identityOfPeer));
        peer.start();
        InetSocketAddress neighbor = new InetSocketAddress(peer.links.get(0).linkLocalAddress(), peer.port());
        AcpConfig settings = config.withNeighborSources((name, listener) -> {
            searches.incrementAndGet();
            listener.present(List.of(neighbor));
            return searches::decrementAndGet;
        });
        AcpSubstrate substrate = owner == Owner.SUBSTRATE
                ? AcpSubstrate.create(settings, identity)
                : AcpSubstrate.on(newLoop(owner), settings, identity);
        AcpNode node = new AcpNode(substrate);
        node.start();
        closeOnFailure(substrate);
        peer.awaitConnected(1);
        node.awaitConnected(1);
        assertThat(searches).hasValue(1);
        begin(new InetSocketAddress(address, node.port()));

        fail(substrate);

        peer.awaitConnected(0);
        peer.close();
        assertNothingLeft(substrate.loop());
    }
}
