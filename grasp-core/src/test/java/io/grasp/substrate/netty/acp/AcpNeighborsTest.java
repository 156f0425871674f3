package io.grasp.substrate.netty.acp;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.cbor.CborLimits;
import io.grasp.model.Objective;
import io.grasp.model.ObjectiveValue;
import io.grasp.model.PeerRefusal;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.netty.Await;
import io.grasp.substrate.netty.NettyLoop;
import io.grasp.substrate.netty.NoLeaks;
import io.grasp.substrate.netty.TestLoops;
import io.grasp.substrate.netty.TestNetwork;
import io.grasp.substrate.netty.acp.LinkMessages.InstanceId;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.MessageDecoder;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Noop;
import io.grasp.wire.RequestNegotiation;
import io.grasp.wire.Response;
import io.netty.util.NetUtil;
import java.io.ByteArrayOutputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The connections with the neighbors on an interface, between the two ends of one cable. */
@ExtendWith(NoLeaks.class)
class AcpNeighborsTest {
    private static final InetAddress INITIATOR = address("fd00::1");
    private static final byte[] DISCOVERY = MessageEncoder.encode(
            new Discovery(new SessionId(7), INITIATOR, new Objective("EX1", 1, 4, ObjectiveValue.NONE), List.of()));
    private static final byte[] RESPONSE = MessageEncoder.encode(new Response(
            new SessionId(7),
            INITIATOR,
            60_000,
            List.of(),
            new Objective("EX1", 1, 4, ObjectiveValue.NONE),
            List.of()));
    private static final GraspMessage REQUEST =
            new RequestNegotiation(new SessionId(9), new Objective("EX3", 3, 4, ObjectiveValue.NONE), List.of());
    private static final InstanceId LOW = new InstanceId(1, 1);
    private static final InstanceId MIDDLE = new InstanceId(-2, 0);
    private static final InstanceId HIGH = new InstanceId(-2, -1);

    private static NettyLoop loop;
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeAll
    static void start() {
        TestNetwork.require();
        loop = NettyLoop.create();
    }

    @AfterAll
    static void stop() {
        if (loop != null) {
            CompletableFuture<Boolean> closed = new CompletableFuture<>();
            loop.close(failure -> closed.complete(true));
            Await.result("end of the loop", closed);
        }
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        Await.until("the end of all sockets", () -> TestNetwork.openSockets().isEmpty());
    }

    /** A source whose reports a test changes. */
    private static final class Changing implements NeighborSource {
        private final Map<String, Listener> listeners = new ConcurrentHashMap<>();
        private final Set<InetSocketAddress> present = new LinkedHashSet<>();

        Changing(Collection<InetSocketAddress> first) {
            present.addAll(first);
        }

        @Override
        public synchronized Runnable watch(String interfaceName, Listener listener) {
            listeners.put(interfaceName, listener);
            listener.present(present);
            return () -> listeners.remove(interfaceName);
        }

        synchronized void add(InetSocketAddress neighbor) {
            present.add(neighbor);
            listeners.values().forEach(each -> each.present(present));
        }

        synchronized void remove(InetSocketAddress neighbor) {
            present.remove(neighbor);
            listeners.values().forEach(each -> each.present(present));
        }
    }

    private static InetAddress address(String text) {
        return NetUtil.createInetAddressFromIpAddressString(text);
    }

    /** The link-local address of an end of the cable. */
    private static InetAddress linkLocal(String end) throws Exception {
        return NetworkInterface.getByName(end)
                .inetAddresses()
                .filter(each -> each instanceof Inet6Address && each.isLinkLocalAddress())
                .findFirst()
                .orElseThrow();
    }

    private static AcpConfig on(String end) {
        return AcpConfig.on(end)
                .withPort(freePort())
                .withRetry(Duration.ofMillis(100), Duration.ofMillis(400))
                .withCloseTimeout(Duration.ofSeconds(2))
                .withNeighborSources();
    }

    private static int freePort() {
        try (ServerSocket probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private LinkNode node(AcpConfig config, InstanceId instance) {
        LinkNode node = new LinkNode(loop, config, instance);
        open.add(node);
        return node.start();
    }

    private PlainNeighbor neighbor() throws Exception {
        PlainNeighbor neighbor = new PlainNeighbor(linkLocal(TestNetwork.OTHER_END));
        open.add(neighbor);
        return neighbor;
    }

    /** The node's address as the other end reaches it. */
    private static InetSocketAddress seenFromOtherEnd(LinkNode node) {
        return new InetSocketAddress(
                NeighborAddress.scoped(node.address().getAddress(), TestNetwork.index(TestNetwork.OTHER_END)),
                node.address().getPort());
    }

    static byte[] flood(int size) {
        Flood flood = new Flood(
                new SessionId(size),
                INITIATOR,
                1000,
                List.of(new TaggedObjective(new Objective("EX2", 4, 1, ObjectiveValue.of(new byte[size])), null)));
        return MessageEncoder.encode(flood);
    }

    @Test
    void aHelloIsAnNoopThatOtherNodesIgnore() throws Exception {
        byte[] hello = LinkMessages.hello(new LinkMessages.Hello(new InstanceId(1, 0x7f), 7017, 30_000));
        assertThat(HexFormat.of().formatHex(hello))
                .isEqualTo("8200" + "84" + "6c" + "696f2e67726173702e616370" + "50" + "0000000000000001000000000000007f"
                        + "191b69" + "197530");
        assertThat(new MessageDecoder(CborLimits.DEFAULT).decode(hello)).isInstanceOf(Noop.class);
        assertThat(LinkMessages.readHello(hello))
                .isEqualTo(new LinkMessages.Hello(new InstanceId(1, 0x7f), 7017, 30_000));
        assertThat(LinkMessages.readHello(LinkMessages.noop())).isNull();
        String start = "8200" + "84" + "6c" + "696f2e67726173702e616370";
        String instance = "0000000000000001000000000000007f";
        for (String other : List.of(
                "50" + instance + "00" + "01",
                "50" + instance + "01" + "00",
                "4f" + instance.substring(2) + "01" + "01")) {
            assertThat(LinkMessages.readHello(HexFormat.of().parseHex(start + other)))
                    .as(other)
                    .isNull();
        }
        assertThat(LOW.compareTo(MIDDLE)).as("unsigned").isNegative();
        assertThat(MIDDLE.compareTo(HIGH)).as("unsigned").isNegative();
        assertThat(LinkMessages.type(hello)).isZero();
    }

    @Test
    void twoNodesThatConnectAtOnceKeepOneConnection() throws Exception {
        Changing ofA = new Changing(List.of());
        Changing ofB = new Changing(List.of());
        LinkNode a = node(on(TestNetwork.LINK).withNeighborSources(ofA), LOW);
        LinkNode b = node(on(TestNetwork.OTHER_END).withNeighborSources(ofB), HIGH);
        a.call(
                () -> { // both attempts begin in one turn of the loop
                    ofA.add(b.address());
                    ofB.add(a.address());
                    return true;
                });
        a.awaitConnected(1);
        b.awaitConnected(1);
        Await.until("one connection", () -> TestNetwork.openSockets().size() == 4);

        assertThat(a.multicast(DISCOVERY)).isNull();
        LinkNode.Message question = b.awaitMessage(DISCOVERY);
        assertThat(question.replyPath().source().getPort())
                .isEqualTo(a.address().getPort());
        assertThat(b.reply(question, RESPONSE)).isNull();
        assertThat(a.awaitMessage(RESPONSE).replyPath().source().getPort())
                .isEqualTo(b.address().getPort());
        assertThat(b.multicast(flood(9))).isNull();
        a.awaitMessage(flood(9));
        assertThat(a.messages).hasSize(2);
        assertThat(b.messages).hasSize(1);
        assertThat(a.warnings).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"true, true", "true, false", "false, true", "false, false"})
    void ofTwoConnectionsThatOfTheHigherInstanceIsKept(boolean nodeIsHigher, boolean nodesIsFirst) throws Exception {
        PlainNeighbor peer = neighbor();
        LinkNode node = node(
                on(TestNetwork.LINK).withNeighborSources(new Changing(List.of(peer.listens()))),
                nodeIsHigher ? HIGH : MIDDLE);
        PlainNeighbor.Stream ours = peer.connect(seenFromOtherEnd(node)).expectHello();
        PlainNeighbor.Stream nodes = peer.accept().expectHello();
        byte[] hello = peer.hello(nodeIsHigher ? MIDDLE : HIGH);
        (nodesIsFirst ? nodes : ours).send(hello);
        (nodesIsFirst ? ours : nodes).send(hello);
        PlainNeighbor.Stream kept = nodeIsHigher ? nodes : ours;
        PlainNeighbor.Stream given = nodeIsHigher ? ours : nodes;
        kept.expect(LinkMessages.noop()); // shows that the peer still has it
        given.send(flood(1)); // was under way
        assertThat(given.isEnded()).isTrue();
        given.close();
        LinkNode.Message late = node.awaitMessage(flood(1));
        assertThat(node.reply(late, RESPONSE)).isNull();
        kept.expect(RESPONSE);

        node.multicast(DISCOVERY);
        kept.expect(DISCOVERY);
        kept.send(flood(2));
        node.awaitMessage(flood(2));
        node.awaitConnected(1);
        assertThat(peer.isLeftAlone(200)).as("no further attempt").isTrue();
        assertThat(node.warnings).isEmpty();
    }

    @Test
    void aConnectionThatIsNotKeptDeliversNothingAfterWhatHasNoPlaceThere() throws Exception {
        PlainNeighbor peer = neighbor();
        LinkNode node = node(on(TestNetwork.LINK).withNeighborSources(new Changing(List.of(peer.listens()))), HIGH);
        PlainNeighbor.Stream given = peer.connect(seenFromOtherEnd(node)).expectHello();
        PlainNeighbor.Stream kept = peer.accept().expectHello();
        given.send(peer.hello(MIDDLE));
        kept.send(peer.hello(MIDDLE));
        kept.expect(LinkMessages.noop());
        ByteArrayOutputStream together = new ByteArrayOutputStream();
        together.writeBytes(MessageEncoder.encode(REQUEST));
        together.writeBytes(flood(1));
        given.send(together.toByteArray());
        Await.until("a drop", () -> !node.drops.isEmpty());
        kept.send(flood(2));
        node.awaitMessage(flood(2));
        assertThat(node.count(flood(1))).isZero();
        assertThat(node.drops).containsExactly(SubstrateDrop.WRONG_TYPE);
    }

    @Test
    @Proves("8994-6.9.2-2")
    void nodesWithOneAddressAreToldApartByTheirInstances() throws Exception {
        LinkNode a = node(on(TestNetwork.LINK), LOW);
        LinkNode b = node(on(TestNetwork.LINK).withNeighborSources(new Changing(List.of(a.address()))), MIDDLE);
        InetSocketAddress ofA = seenFromOtherEnd(a);
        InetSocketAddress ofB = seenFromOtherEnd(b);
        LinkNode c = node(on(TestNetwork.OTHER_END).withNeighborSources(new Changing(List.of(ofA, ofB))), HIGH);
        c.awaitConnected(2);
        a.awaitConnected(2);
        b.awaitConnected(2);
        for (LinkNode each : List.of(a, b, c)) {
            byte[] message = flood(10 + each.address().getPort());
            assertThat(each.multicast(message)).isNull();
            for (LinkNode other : List.of(a, b, c)) {
                if (other != each) {
                    other.awaitMessage(message);
                    assertThat(other.count(message)).isEqualTo(1);
                }
            }
        }
        assertThat(List.of(a.messages.size(), b.messages.size(), c.messages.size()))
                .containsOnly(2);
    }

    @Test
    void aNodeIsNotItsOwnNeighbor() throws Exception {
        AcpConfig config = on(TestNetwork.LINK);
        Changing source = new Changing(List.of(new InetSocketAddress(linkLocal(TestNetwork.LINK), config.port)));
        LinkNode node = node(config.withNeighborSources(source), LOW);
        Await.until("the node to recognize itself", () -> node.neighbors().isEmpty());
        assertThat(node.multicast(DISCOVERY)).as("sent to none").isNull();
        Await.until("the end of both sides", () -> TestNetwork.openSockets().size() == 1);
        assertThat(node.messages).isEmpty();
        assertThat(node.warnings).isEmpty();
    }

    @Test
    void aNeighborThatFollowsTheRfcAloneNeedsNoHello() throws Exception {
        PlainNeighbor peer = neighbor();
        LinkNode node = node(on(TestNetwork.LINK).withNeighborSources(new Changing(List.of(peer.listens()))), LOW);
        PlainNeighbor.Stream nodes = peer.accept().expectHello();
        node.multicast(DISCOVERY);
        nodes.expect(DISCOVERY).send(RESPONSE);
        assertThat(node.awaitMessage(RESPONSE).replyPath().source()).isEqualTo(peerAddress(peer, node));

        PlainNeighbor.Stream peers = peer.connect(seenFromOtherEnd(node)).expectHello();
        peers.send(DISCOVERY);
        LinkNode.Message asked = node.awaitMessage(DISCOVERY);
        assertThat(node.reply(asked, RESPONSE)).isNull();
        peers.expect(RESPONSE);
        node.multicast(flood(3));
        nodes.expect(flood(3));
        peers.send(flood(4));
        node.awaitMessage(flood(4));
        assertThat(node.multicast(flood(5))).as("both connections stay").isNull();
        nodes.expect(flood(5));
        assertThat(node.reply(asked, MessageEncoder.encode(REQUEST))).hasMessageContaining("6.9.2");
        assertThat(node.reply(asked, RESPONSE)).isNull();
        peers.expect(RESPONSE); // and nothing before it
    }

    private static InetSocketAddress peerAddress(PlainNeighbor peer, LinkNode node) {
        return new InetSocketAddress(
                NeighborAddress.scoped(
                        peer.listens().getAddress(), node.links.get(0).index()),
                peer.listens().getPort());
    }

    @Test
    @Proves("8994-6.9.2-4")
    void aNeighborThatAcceptsNoConnectionGetsMessagesOnItsOwn() throws Exception {
        PlainNeighbor peer = neighbor();
        LinkNode node = node(on(TestNetwork.LINK), LOW);
        PlainNeighbor.Stream older = peer.connect(seenFromOtherEnd(node)).expectHello();
        PlainNeighbor.Stream newer = peer.connect(seenFromOtherEnd(node)).expectHello();
        Await.until("both", () -> TestNetwork.openSockets().size() == 6);
        node.multicast(DISCOVERY);
        newer.expect(DISCOVERY);
        older.send(flood(1));
        assertThat(node.reply(node.awaitMessage(flood(1)), RESPONSE)).isNull();
        older.expect(RESPONSE); // and nothing before it
    }

    @Test
    void onlyAFirstMessageIsAHello() throws Exception {
        PlainNeighbor peer = neighbor();
        LinkNode node = node(on(TestNetwork.LINK), LOW);
        peer.connect(seenFromOtherEnd(node))
                .expectHello()
                .send(LinkMessages.noop())
                .send(peer.hello(HIGH))
                .send(flood(1));
        node.awaitMessage(flood(1));
        assertThat(node.neighbors())
                .extracting(each -> each.address().getPort())
                .containsExactly(0);
    }

    @Test
    @Proves("8994-6.9.2-3")
    void onlyTheTypesOfTheRfcAreTaken() throws Exception {
        PlainNeighbor peer = neighbor();
        LinkNode node = node(on(TestNetwork.LINK).withMaxMessageBytes(2048), LOW);
        assertThat(refused(peer, node, MessageEncoder.encode(REQUEST))).isEqualTo(SubstrateDrop.WRONG_TYPE);
        assertThat(refused(peer, node, HexFormat.of().parseHex("8218c807"))).isEqualTo(SubstrateDrop.WRONG_TYPE);
        assertThat(refused(peer, node, HexFormat.of().parseHex("80"))).isEqualTo(SubstrateDrop.MALFORMED);
        assertThat(refused(peer, node, HexFormat.of().parseHex("1607"))).isEqualTo(SubstrateDrop.MALFORMED);
        assertThat(refused(peer, node, HexFormat.of().parseHex("ff"))).isEqualTo(SubstrateDrop.MALFORMED);
        assertThat(refused(peer, node, "GET / HTTP/1.1\r\n\r\n".getBytes())).isEqualTo(SubstrateDrop.MALFORMED);
        assertThat(refused(peer, node, flood(3000))).isEqualTo(SubstrateDrop.MESSAGE_TOO_LONG);
        assertThat(node.messages).as("what came before each").hasSize(7);

        assertThat(node.multicast(MessageEncoder.encode(REQUEST))).hasMessageContaining("6.9.2");
    }

    private static SubstrateDrop refused(PlainNeighbor peer, LinkNode node, byte[] message) {
        int before = node.drops.size();
        PlainNeighbor.Stream stream = peer.connect(seenFromOtherEnd(node)).expectHello();
        stream.send(DISCOVERY).send(message);
        assertThat(stream.isReset()).isTrue();
        Await.until("the drop", () -> node.drops.size() == before + 1);
        return node.drops.get(before);
    }

    @Test
    void tlsOnThePortOfAnUnprotectedLinkIsCountedUnderItsOwnReason() throws Exception {
        PlainNeighbor peer = neighbor();
        LinkNode node = node(on(TestNetwork.LINK), LOW);
        PlainNeighbor.Stream stream = peer.connect(seenFromOtherEnd(node)).expectHello();
        stream.send(HexFormat.of().parseHex("16030100640100006003034a4b4c4d4e4f505152535455"));
        assertThat(stream.isReset()).isTrue();
        Await.until("the drop", () -> !node.drops.isEmpty());
        assertThat(node.drops).containsExactly(SubstrateDrop.TLS);
    }

    @Test
    void messagesMayComeByteByByteOrTogether() throws Exception {
        PlainNeighbor peer = neighbor();
        LinkNode node = node(on(TestNetwork.LINK), LOW);
        PlainNeighbor.Stream stream = peer.connect(seenFromOtherEnd(node)).expectHello();
        stream.sendSlowly(peer.hello(HIGH));
        stream.sendSlowly(DISCOVERY);
        byte[] both = new byte[2 * DISCOVERY.length];
        System.arraycopy(DISCOVERY, 0, both, 0, DISCOVERY.length);
        System.arraycopy(DISCOVERY, 0, both, DISCOVERY.length, DISCOVERY.length);
        stream.send(both);
        Await.until("three messages", () -> node.count(DISCOVERY) == 3);
        assertThat(node.neighbors()).extracting(AcpNeighbor::address).containsExactly(peerAddress(peer, node));
    }

    @Test
    void aNeighborThatReadsNothingLosesMessagesAndThenItsConnectionAndOthersLoseNone() throws Exception {
        PlainNeighbor peer = neighbor();
        AcpConfig config = on(TestNetwork.LINK).withQueueBytes(100_000).withKeepalive(Duration.ofMillis(300));
        LinkNode node = node(config, LOW);
        PlainNeighbor.Stream stream = peer.connect(seenFromOtherEnd(node)).send(peer.hello(MIDDLE));
        node.awaitConnected(1);
        LinkNode other = node(
                on(TestNetwork.OTHER_END)
                        .withNeighborSources(new Changing(List.of(new InetSocketAddress(
                                NeighborAddress.scoped(
                                        node.address().getAddress(), TestNetwork.index(TestNetwork.OTHER_END)),
                                config.port)))),
                HIGH);
        node.awaitConnected(2);
        byte[] message = flood(60_000);
        int sent = 0;
        while (!node.drops.contains(SubstrateDrop.SLOW_NEIGHBOR)) {
            assertThat(node.multicast(message)).as("sent to the other").isNull();
            sent++;
            int expected = sent;
            Await.until("its message", () -> other.count(message) == expected);
            assertThat(sent).isLessThan(1000);
        }
        assertThat(node.drops).containsOnly(SubstrateDrop.SLOW_NEIGHBOR);
        Await.until("its end, three intervals later", () -> {
            node.multicast(message); // the system's buffers may grow, and take some more
            return node.neighbors().size() == 1;
        });
        assertThat(stream.isReset()).isTrue();
    }

    @Test
    void aNeighborThatStopsItsKeepalivesIsGivenUp() throws Exception {
        PlainNeighbor peer = neighbor();
        LinkNode node = node(on(TestNetwork.LINK).withKeepalive(Duration.ofMillis(60)), LOW);
        PlainNeighbor.Stream silent =
                peer.connect(seenFromOtherEnd(node)).expectHello().send(peer.hello(HIGH, 100));
        PlainNeighbor.Stream calm =
                peer.connect(seenFromOtherEnd(node)).expectHello().send(peer.hello(MIDDLE));
        PlainNeighbor.Stream literal = peer.connect(seenFromOtherEnd(node)).expectHello();
        literal.expect(LinkMessages.noop()).expect(LinkMessages.noop());
        assertThat(silent.isReset()).isTrue();
        literal.send(flood(1));
        node.awaitMessage(flood(1));
        calm.send(flood(2));
        node.awaitMessage(flood(2));
    }

    @Test
    void aNeighborThatDoesNotCloseItsConnectionIsNotWaitedFor() throws Exception {
        LinkNode node = node(on(TestNetwork.LINK).withCloseTimeout(Duration.ofMillis(200)), LOW);
        PlainNeighbor.Stream stream = neighbor().connect(seenFromOtherEnd(node)).expectHello();
        node.close(); // with a bound
        assertThat(stream.isEnded()).isTrue();
    }

    @Test
    void aNeighborThatDoesNotAnswerIsGivenUp() throws Exception {
        TestNetwork.ip("-6 neigh replace fe80::99 lladdr 02:00:00:00:00:99 nud permanent dev grasp0");
        try {
            Changing source = new Changing(List.of(new InetSocketAddress(address("fe80::99"), 7017)));
            LinkNode node = node(
                    on(TestNetwork.LINK)
                            .withConnectTimeout(Duration.ofMillis(50))
                            .withNeighborSources(source),
                    LOW);
            Await.until("the failure", () -> !node.warnings.isEmpty());
            assertThat(node.warnings).first().asString().contains("no connection within 50 ms, the connect timeout");
        } finally {
            TestNetwork.ip("-6 neigh del fe80::99 dev grasp0");
        }
    }

    @Test
    void noMoreNeighborsAreTriedThanThereMayBe() throws Exception {
        PlainNeighbor peer = neighbor();
        PlainNeighbor other = neighbor();
        List<InetSocketAddress> known =
                List.of(peer.listens(), other.listens(), neighbor().listens());
        Changing source = new Changing(known);
        LinkNode node = node(on(TestNetwork.LINK).withMaxNeighbors(1).withNeighborSources(source), LOW);
        node.awaitConnected(1);
        assertThat(node.neighbors()).hasSize(1);
        assertThat(node.refusals)
                .as("each that is not tried")
                .containsExactly(PeerRefusal.TOO_MANY_NEIGHBORS, PeerRefusal.TOO_MANY_NEIGHBORS);
        source.add(known.get(0)); // reports all once more
        node.poll();
        assertThat(node.refusals).as("reported once, as long as it is known").hasSize(2);
    }

    @Test
    void aNeighborIsNotServedAtAnAddressThatTheEngineDoesNotServe() throws Exception {
        LinkNode node = node(on(TestNetwork.LINK), LOW);
        node.serves = false;
        assertThat(neighbor().isRefusedBy(seenFromOtherEnd(node))).isTrue();
        Await.until("the drop", () -> node.drops.equals(List.of(SubstrateDrop.NOT_SERVED)));
    }

    /** RFC 8994 section 6.7. */
    @Test
    void aConnectionFromAnAddressThatIsNotOfTheLinkIsRefusedAndCounted() throws Exception {
        LinkNode node = node(on(TestNetwork.LINK), LOW);
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(address("fd6a:7261:7370::1"), 0));
            try {
                socket.connect(node.address(), 1000);
            } catch (SocketException reset) {
                // before the call has returned
            }
            Await.until("the drop", () -> node.drops.equals(List.of(SubstrateDrop.NOT_SERVED)));
        }
        assertThat(node.neighbors()).isEmpty();
    }

    @Test
    void retriesSlowDown() {
        assertThat(IntStream.rangeClosed(1, 9).mapToLong(failures -> LinkNeighbors.pause(10, 640, failures)))
                .containsExactly(10L, 20L, 40L, 80L, 160L, 320L, 640L, 640L, 640L);
    }

    @Test
    void aNeighborThatWasThereForAWhileIsReportedAgainWhenItIsLost() throws Exception {
        PlainNeighbor peer = neighbor();
        LinkNode node = node(on(TestNetwork.LINK).withNeighborSources(new Changing(List.of(peer.listens()))), LOW);
        for (int i = 1; i <= 2; i++) {
            int losses = i;
            PlainNeighbor.Stream stream = peer.accept().expectHello();
            awaitMillis(150); // longer than the first retry
            assertThat(node.neighbors()).singleElement().satisfies(there -> {
                assertThat(there.connected()).isTrue();
                assertThat(there.failure()).isNull();
            });
            stream.close();
            Await.until("the loss", () -> node.warnings.size() == losses);
            assertThat(node.neighbors().get(0).failure()).isNotNull();
        }
        assertThat(node.warnings).allMatch(each -> each.contains("has closed the connection"));

        peer.stopListening();
        Await.until("the failure", () -> node.warnings.size() == 3);
        PlainNeighbor.Stream own =
                peer.connect(seenFromOtherEnd(node)).expectHello().send(peer.hello(HIGH));
        node.awaitConnected(1);
        awaitMillis(150);
        own.close();
        Await.until("the same failure", () -> node.warnings.size() == 4);
        assertThat(node.warnings.subList(2, 4)).allMatch(each -> each.contains("Connection refused"));
    }

    private static void awaitMillis(long millis) {
        long since = System.nanoTime();
        Await.until("time", () -> System.nanoTime() - since > TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Test
    void aFailureThatIsNotReportedBecauseTheNeighborHasConnectedIsReportedWhenItComesAgain() throws Exception {
        PlainNeighbor peer = neighbor();
        LinkNode node = node(
                on(TestNetwork.LINK)
                        .withRetry(Duration.ofMillis(300), Duration.ofMillis(300))
                        .withNeighborSources(new Changing(List.of(peer.listens()))),
                LOW);
        PlainNeighbor.Stream nodes = peer.accept().expectHello();
        PlainNeighbor.Stream own =
                peer.connect(seenFromOtherEnd(node)).expectHello().send(peer.hello(HIGH));
        own.send(flood(1));
        node.awaitMessage(flood(1));
        nodes.close();
        Await.until("its end", () -> TestNetwork.openSockets().size() == 4);
        own.close();
        assertThat(node.call(() -> List.copyOf(node.warnings))).isEmpty();
        peer.accept().expectHello().close();
        Await.until("the failure", () -> node.warnings.size() == 1);
    }

    @Test
    void neighborsComeAndGo() throws Exception {
        PlainNeighbor peer = neighbor();
        Changing source = new Changing(List.of());
        LinkNode node = node(on(TestNetwork.LINK).withNeighborSources(source), LOW);
        node.awaitFirstReports();
        assertThat(node.multicast(DISCOVERY)).as("to no neighbor").isNull();

        source.add(peer.listens());
        Await.until("an attempt", () -> !node.neighbors().isEmpty());
        node.send(flood(1)); // waits if the connection is not open yet
        PlainNeighbor.Stream first = peer.accept().expectHello().expect(flood(1));
        source.remove(peer.listens());
        assertThat(first.isEnded()).isTrue();
        first.close();
        Await.until("its end", () -> node.neighbors().isEmpty());

        source.add(peer.listens());
        peer.accept().expectHello().reset();
        peer.accept().expectHello().close();
        PlainNeighbor.Stream last = peer.accept().expectHello();
        node.multicast(DISCOVERY);
        last.expect(DISCOVERY);
        assertThat(node.warnings)
                .hasSize(2)
                .allMatch(each -> each.contains("lost the connection") || each.contains("closed"));
    }

    @Test
    void aNeighborIsTriedAgainAndItsOwnFailuresDoNotSlowThat() throws Exception {
        PlainNeighbor peer = neighbor();
        InetSocketAddress listens = peer.listens();
        peer.stopListening();
        LinkNode node = node(
                on(TestNetwork.LINK)
                        .withRetry(Duration.ofMillis(50), Duration.ofMinutes(1))
                        .withNeighborSources(new Changing(List.of(listens))),
                LOW);
        Await.until("the failure", () -> !node.warnings.isEmpty());
        Await.until( // an attempt may be under way
                "a message to no neighbor that can be reached", () -> node.multicast(DISCOVERY) == null);
        assertThat(node.warnings).hasSize(1).allMatch(each -> each.contains("Connection refused"));
        for (int i = 0; i < 20; i++) {
            peer.connect(seenFromOtherEnd(node)).expectHello().reset();
        }
        try (ServerSocket again = new ServerSocket()) {
            again.setReuseAddress(true);
            again.bind(listens);
            again.setSoTimeout(10_000);
            again.accept().close();
        }
        assertThat(node.neighbors()).hasSize(1);
    }

    @Test
    void aNeighborWithTooManyConnectionsLosesItsOldestAndNoOtherNeighborDoes() throws Exception {
        PlainNeighbor peer = neighbor();
        LinkNode node = node(on(TestNetwork.LINK).withMaxNeighbors(2), LOW);
        LinkNode other = node(on(TestNetwork.LINK).withNeighborSources(new Changing(List.of(node.address()))), HIGH);
        node.awaitConnected(1);
        PlainNeighbor.Stream first = peer.connect(seenFromOtherEnd(node)).expectHello();
        for (int i = 0; i < 3; i++) {
            assertThat(peer.isRefusedBy(seenFromOtherEnd(node)))
                    .as("two neighbors have one each")
                    .isTrue();
        }
        Await.until("a report of each", () -> node.refusals.size() == 3);
        assertThat(node.refusals).containsOnly(PeerRefusal.TOO_MANY_NEIGHBORS);
        assertThat(node.drops).isEmpty();
        first.close();
        other.close();
        Await.until("their end", () -> node.neighbors().isEmpty());

        PlainNeighbor.Stream third = peer.connect(seenFromOtherEnd(node)).expectHello();
        PlainNeighbor.Stream fourth = peer.connect(seenFromOtherEnd(node)).expectHello();
        PlainNeighbor.Stream fifth = peer.connect(seenFromOtherEnd(node)).expectHello();
        assertThat(third.isReset()).isTrue();
        fourth.send(flood(4));
        fifth.send(flood(5));
        node.awaitMessage(flood(4));
        node.awaitMessage(flood(5));
        assertThat(node.drops).as("the one that gave way").containsExactly(SubstrateDrop.TOO_MANY_CONNECTIONS);
        assertThat(node.refusals).hasSize(3);
    }

    @Test
    void connectionsOfNeighborsLeaveDescriptorsForTheNodeItself() throws Exception {
        NettyLoop few = TestLoops.withDescriptors(4);
        open.add(() -> TestLoops.close(few));
        PlainNeighbor peer = neighbor();
        LinkNode node = new LinkNode(few, on(TestNetwork.LINK).withCloseTimeout(Duration.ofMillis(200)), LOW);
        open.add(0, node);
        node.start();
        PlainNeighbor.Stream first = peer.connect(seenFromOtherEnd(node)).expectHello();
        PlainNeighbor.Stream second = peer.connect(seenFromOtherEnd(node)).expectHello();
        assertThat(peer.isRefusedBy(seenFromOtherEnd(node))).isTrue();
        Await.until("the report", () -> !node.drops.isEmpty());
        assertThat(node.drops).containsExactly(SubstrateDrop.FEW_DESCRIPTORS);
        second.close();
        Await.until("its end", () -> node.neighbors().size() == 1);
        first.send(flood(1));
        node.awaitMessage(flood(1));
        peer.connect(seenFromOtherEnd(node)).expectHello();
    }

    @Test
    void aLinkFollowsItsInterface() throws Exception {
        TestNetwork.ip("link add acp7 type veth peer name acp8");
        try {
            LinkNode node = new LinkNode(loop, on("acp7").withInterfaces("acp7", "none*"), LOW);
            open.add(node);
            node.poll();
            node.poll();
            assertThat(node.links).isEmpty();
            assertThat(node.linksFailed)
                    .containsExactly(
                            "acp7: no interface acp7 is up: create it, or set it up; it is used as soon as it is"
                                    + " there");
            for (String end : List.of("acp7", "acp8")) {
                TestNetwork.sysctl("/proc/sys/net/ipv6/conf/" + end + "/accept_dad", "0");
            }
            TestNetwork.ip("link set acp7 up");
            TestNetwork.ip("link set acp8 up");
            Await.until("the link", () -> {
                node.poll();
                return !node.links.isEmpty();
            });
            assertThat(node.links.get(0).name()).isEqualTo("acp7");
            assertThat(node.links.get(0).repliesInBand()).isTrue();
            InetAddress old = node.links.get(0).linkLocalAddress();
            PlainNeighbor peer = new PlainNeighbor(awaitLinkLocal("acp8"));
            open.add(peer);
            PlainNeighbor.Stream stream = peer.connect(new InetSocketAddress(
                            NeighborAddress.scoped(old, TestNetwork.index("acp8")),
                            node.address().getPort()))
                    .expectHello();

            TestNetwork.ip("link set acp7 down");
            node.poll();
            assertThat(node.linksDown).containsExactly("acp7");
            TestNetwork.ip("link set acp7 up");
            Await.until("the link again", () -> {
                node.poll();
                return !node.links.isEmpty();
            });
            assertThat(stream.isResetAtTheLatestAfter(DISCOVERY)).isTrue();
            assertThat(node.messages).isEmpty();
        } finally {
            TestNetwork.ip("link delete acp7");
        }
    }

    private static InetAddress awaitLinkLocal(String end) {
        List<InetAddress> found = new ArrayList<>();
        Await.until("a usable address of " + end, () -> {
            try (ServerSocket probe = new ServerSocket(0, 1, linkLocal(end))) {
                found.add(linkLocal(end));
                return true;
            } catch (Exception notYet) {
                return false;
            }
        });
        return found.get(0);
    }

    @Test
    void theKernelsTableNamesNeighborsThatCanBeReached() throws Exception {
        assertThat(KernelNeighbors.parse(List.of(
                        "fe80::1 lladdr 02:00:00:00:00:01 router REACHABLE",
                        "fe80::2 lladdr 02:00:00:00:00:02 STALE ",
                        "fe80::3  FAILED",
                        "fe80::4  INCOMPLETE",
                        "fd00::5 lladdr 02:00:00:00:00:05 REACHABLE",
                        "ff02::16 lladdr 33:33:00:00:00:16 NOARP",
                        "10.0.0.1 lladdr 02:00:00:00:00:06 REACHABLE",
                        "no neighbor",
                        "")))
                .extracting(InetSocketAddress::getAddress)
                .containsExactly(address("fe80::1"), address("fe80::2"));

        PlainNeighbor peer = neighbor();
        TestNetwork.ip("-6 neigh replace fe80::99 lladdr 02:00:00:00:00:99 nud permanent dev grasp0");
        try {
            AcpConfig config = on(TestNetwork.LINK).withPort(peer.listens().getPort());
            LinkNode node = node(config.withNeighborSources(NeighborSource.kernel(Duration.ofMillis(20))), LOW);
            node.awaitFirstReports();
            Await.until(
                    "the entry",
                    () -> node.neighbors().stream()
                            .anyMatch(each ->
                                    NeighborAddress.of(each.address()).address().equals(address("fe80::99"))));
            TestNetwork.ip("-6 neigh del fe80::99 dev grasp0");
            Await.until(
                    "its end",
                    () -> node.neighbors().stream()
                            .noneMatch(each ->
                                    NeighborAddress.of(each.address()).address().equals(address("fe80::99"))));
        } finally {
            TestNetwork.ip("-6 neigh flush dev grasp0");
        }
    }

    @Test
    void aMessageSentWhenTheNeighborsAreKnownReachesThem() throws Exception {
        PlainNeighbor peer = neighbor();
        LinkNode node = new LinkNode(
                loop, on(TestNetwork.LINK).withNeighborSources(new Changing(List.of(peer.listens()))), LOW);
        open.add(node);
        node.sendsAtFirstReports(DISCOVERY).start();
        peer.accept().expectHello().expect(DISCOVERY);
    }

    /** A source that fails when a test wants it. */
    private static final class Failing implements NeighborSource {
        private Listener listener;

        @Override
        public Runnable watch(String interfaceName, Listener notified) {
            listener = notified;
            return () -> {};
        }

        void fails(String why) {
            listener.failed(new java.io.IOException(why));
        }
    }

    @Test
    void theFailuresOfSourcesAreReportedByThemselvesAndAgainAfterTheyHaveEnded() {
        Failing one = new Failing();
        Failing other = new Failing();
        LinkNode node = node(on(TestNetwork.LINK).withNeighborSources(one, other), LOW);
        for (int i = 0; i < 3; i++) {
            one.fails("no table");
            other.fails("no daemon");
        }
        InetSocketAddress global = new InetSocketAddress(INITIATOR, 7017);
        for (int i = 0; i < 3; i++) {
            other.listener.present(List.of(global));
            one.fails("no table");
        }
        String wrong = "a neighbor needs a link-local IPv6 address, not [fd00::1]:7017";
        assertThat(node.call(() -> List.copyOf(node.warnings))).containsExactly("no table", "no daemon", wrong);

        one.listener.present(List.of());
        one.fails("no table");
        other.listener.present(List.of(global));
        assertThat(node.call(() -> List.copyOf(node.warnings)))
                .containsExactly("no table", "no daemon", wrong, "no table");
    }

    @Test
    void aTableThatCanBeReadAgainIsReportedAsItWas(@TempDir Path directory) throws Exception {
        Path program = Files.writeString(directory.resolve("table"), "#!/bin/sh\necho fe80::9 STALE\n");
        Path broken = Files.writeString(directory.resolve("broken"), "#!/bin/sh\nexit 1\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        assertThat(broken.toFile().setExecutable(true)).isTrue();
        Path current = directory.resolve("current");
        Files.createSymbolicLink(current, program);
        List<String> reports = new CopyOnWriteArrayList<>();
        Runnable stop = new KernelNeighbors(List.of(current.toString()), Duration.ofMillis(5))
                .watch("any", new NeighborSource.Listener() {
                    @Override
                    public void present(Collection<InetSocketAddress> neighbors) {
                        reports.add("present " + neighbors.size());
                    }

                    @Override
                    public void failed(Throwable cause) {
                        reports.add("failed");
                    }
                });
        open.add(stop::run);
        Await.until("the table", () -> reports.contains("present 1"));
        move(broken, current);
        Await.until("the failure", () -> reports.contains("failed"));
        move(program, current);
        Await.until("its end", () -> reports.indexOf("failed") < reports.lastIndexOf("present 1"));
    }

    private static void move(Path program, Path link) throws java.io.IOException {
        Path next = link.resolveSibling("next");
        Files.createSymbolicLink(next, program);
        Files.move(next, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/no/such/program", "false", "yes"})
    void aTableThatCannotBeReadIsReportedOnce(String program) {
        LinkNode node = node(
                on(TestNetwork.LINK).withNeighborSources(new KernelNeighbors(List.of(program), Duration.ofMillis(1))),
                LOW);
        node.awaitFirstReports();
        Await.until("the report", () -> !node.warnings.isEmpty());
        assertThat(node.warnings).hasSize(1).allMatch(each -> each.contains(program));
    }
}
