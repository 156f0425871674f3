package io.grasp.substrate.netty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.substrate.Link;
import io.grasp.substrate.SubstrateDrop;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Links, multicasts and the replies to them, between real sockets. */
@ExtendWith(NoLeaks.class)
class NettyMulticastTest {
    private static final NettyConfig ON_LOOPBACK = NettyConfig.defaults().withLinks(TestNetwork.LOOPBACK);
    private static final NettyConfig ON_LINK = NettyConfig.defaults().withLinks(TestNetwork.LINK);
    private static final byte[] MESSAGE = "message".getBytes(UTF_8);

    private final List<NettyNode> nodes = new ArrayList<>();

    @BeforeAll
    static void requireNetwork() {
        TestNetwork.require();
    }

    @AfterEach
    void closeNodes() {
        nodes.forEach(NettyNode::close);
        assertThat(TestNetwork.openSockets()).isEmpty();
    }

    private NettyNode started(NettyConfig config) {
        NettyNode node = NettyNode.started(config);
        nodes.add(node);
        return node;
    }

    @Test
    @Proves({"8990-2.3-1", "8990-2.3-2"})
    void nodesOfOneHostMeetOnTheLoopbackInterface() {
        NettyNode a = started(ON_LOOPBACK);
        NettyNode b = started(ON_LOOPBACK.withCloseTimeout(Duration.ofMinutes(1)));
        assertThat(a.port()).isNotEqualTo(b.port());
        assertThat(a.link().linkLocalAddress().isLoopbackAddress()).isTrue();
        assertThat(a.multicast(a.link(), MESSAGE)).isNull();
        assertThat(b.awaitMessage().bytes()).isEqualTo(MESSAGE);
        assertThat(a.awaitMessage().bytes()).as("its own").isEqualTo(MESSAGE);
        assertThat(b.reply(b.awaitMessage(), MESSAGE)).isNull();
        NettyPeer reply = a.awaitAccepted(0);
        Await.until("the reply", () -> reply.received().length == MESSAGE.length);
        assertThat(reply.received()).isEqualTo(MESSAGE);
        for (int turn = 0; turn < 20; turn++) {
            b.port();
            a.port();
        }
        assertThat(reply.events).as("the asking node closes first").doesNotContain("inputEnded");
        reply.close();
        assertThat(reply.awaitClosed()).isNull();
    }

    /** As on Windows, where the socket also receives datagrams for other links. */
    @Test
    void theLinkIsFoundByTheSourceWhereSocketsCannotBindToAGroup() {
        NettyNode both = started(
                NettyConfig.defaults().withBindToGroup(false).withLinks(TestNetwork.LINK, TestNetwork.LOOPBACK));
        NettyNode onLink = started(NettyConfig.defaults().withLinks(TestNetwork.OTHER_END));
        NettyNode onLoopback = started(ON_LOOPBACK);
        assertThat(onLink.multicast(onLink.link(), MESSAGE)).isNull();
        assertThat(both.awaitMessage().link()).isSameAs(both.links.get(0));
        assertThat(onLoopback.multicast(onLoopback.link(), MESSAGE)).isNull();
        Await.until("the other one", () -> both.messages.size() > 1);
        assertThat(both.messages.get(1).link()).isSameAs(both.links.get(1));
        both.port();
        assertThat(both.messages).hasSize(2);
    }

    @Test
    void aResponderClosesAfterABoundIfTheInitiatorDoesNot() {
        NettyNode a = started(ON_LOOPBACK);
        NettyNode b = started(ON_LOOPBACK.withCloseTimeout(Duration.ofMillis(50)));
        a.multicast(a.link(), MESSAGE);
        assertThat(b.reply(b.awaitMessage(), MESSAGE)).isNull();
        assertThat(a.awaitAccepted(0).await("inputEnded").received()).isEqualTo(MESSAGE);
    }

    /** The loopback interface returns every datagram; on another link the sender's own host must be configured for that. */
    @Test
    @Proves({"8990-2.3-1", "8990-2.3-2"})
    void allInstancesOfAHostHearEachMulticast() {
        List<NettyNode> instances = List.of(started(ON_LINK), started(ON_LINK), started(ON_LINK));
        NettyNode neighbor = started(NettyConfig.defaults().withLinks(TestNetwork.OTHER_END));
        assertThat(instances.get(0).multicast(instances.get(0).link(), MESSAGE)).isNull();
        for (NettyNode instance : instances) {
            assertThat(instance.awaitMessage().bytes()).isEqualTo(MESSAGE);
        }
        byte[] other = "other".getBytes(UTF_8);
        assertThat(neighbor.multicast(neighbor.link(), other)).isNull();
        for (NettyNode instance : instances) {
            Await.until("both messages", () -> instance.messages.size() == 2);
            assertThat(instance.messages.get(1).bytes()).isEqualTo(other);
        }
    }

    /** The other end does not use this project's code, only the RFC's numbers. */
    @ParameterizedTest
    @CsvSource({"IPV6, ff02::13", "IPV4, 224.0.0.119"})
    @Proves({"8990-2.6-1", "8990-2.8.11-2"})
    void aMulticastGoesToTheRegisteredGroupAndPort(LinkIp ip, String group) throws Exception {
        NettyNode node = started(ON_LOOPBACK.withIp(ip));
        NetworkInterface loopback = NetworkInterface.getByIndex(node.link().index());
        try (MulticastSocket socket = new MulticastSocket(7017)) {
            socket.joinGroup(new InetSocketAddress(InetAddress.getByName(group), 0), loopback);
            socket.setSoTimeout(5_000);
            assertThat(node.multicast(node.link(), MESSAGE)).isNull();
            DatagramPacket packet = new DatagramPacket(new byte[100], 100);
            socket.receive(packet);
            assertThat(Arrays.copyOf(packet.getData(), packet.getLength())).isEqualTo(MESSAGE);
            assertThat(packet.getPort()).isEqualTo(node.port());
        }
    }

    /** A node with one instance may send its multicasts from GRASP_LISTEN_PORT, and listen there for the responses. */
    @Test
    @Proves("8990-2.8.4-2")
    void aMulticastFromTheRegisteredPortIsAnsweredThere() throws Exception {
        NettyNode node = started(ON_LOOPBACK);
        InetAddress here = InetAddress.getByName("::1");
        InetAddress group = InetAddress.getByName("ff02::13%" + node.link().index());
        try (ServerSocket server = new ServerSocket(7017, 1, here);
                DatagramSocket socket = new DatagramSocket(null)) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(here, 7017));
            socket.send(new DatagramPacket(MESSAGE, MESSAGE.length, group, 7017));
            assertThat(node.reply(node.awaitMessage(), MESSAGE)).isNull();
            server.setSoTimeout(5_000);
            try (Socket accepted = server.accept()) {
                assertThat(accepted.getInputStream().readNBytes(MESSAGE.length)).isEqualTo(MESSAGE);
            }
        }
    }

    @Test
    @Proves({"8990-2.5.3-4", "8990-2.5.3-5", "8990-2.8.4-1"})
    void aMulticastReachesANeighborAndCanBeAnswered() {
        NettyNode a = started(ON_LINK);
        NettyNode b = started(NettyConfig.defaults().withLinks(TestNetwork.OTHER_END));
        assertThat(a.multicast(a.link(), MESSAGE)).isNull();
        InetAddress source = b.awaitMessage().replyPath().source().getAddress();
        assertThat(source).isEqualTo(a.link().linkLocalAddress());
        assertThat(((Inet6Address) source).getScopeId()).isEqualTo(b.link().index());
        assertThat(b.reply(b.awaitMessage(), MESSAGE)).isNull();
        assertThat(a.awaitAccepted(0).await("inputEnded").received()).isEqualTo(MESSAGE);
    }

    @Test
    void aMulticastIsReceivedOnItsOwnLinkOnly() {
        NettyNode both = started(NettyConfig.defaults());
        assertThat(both.links).extracting(Link::name).containsExactlyInAnyOrder("grasp0", "grasp1");
        NettyNode loopback = started(ON_LOOPBACK);
        // One is sent on each interface, and is received there and at the other end of the cable.
        for (Link link : both.links) {
            assertThat(both.multicast(link, link.name().getBytes(UTF_8))).isNull();
        }
        assertThat(loopback.multicast(loopback.link(), MESSAGE)).isNull();
        loopback.awaitMessage();
        Await.until("four messages", () -> both.messages.size() >= 4);
        assertThat(both.messages)
                .extracting(message -> message.link().name() + " got " + new String(message.bytes(), UTF_8))
                .containsExactlyInAnyOrder(
                        "grasp0 got grasp0", "grasp1 got grasp0", "grasp0 got grasp1", "grasp1 got grasp1");
        assertThat(loopback.messages).hasSize(1);
    }

    @Test
    void manyDatagramsArriveInOrder() {
        NettyNode a = started(ON_LOOPBACK);
        NettyNode b = started(ON_LOOPBACK);
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        for (int sent = 0; sent < 10_000; sent += 100) { // few enough to fit in the receiver's buffer
            int before = sent;
            a.substrate.loop().execute(() -> {
                for (int i = before + 1; i <= before + 100; i++) {
                    a.link().multicast(("message " + i).getBytes(UTF_8), failure -> {
                        if (failure != null) {
                            failures.add(failure);
                        }
                    });
                }
            });
            Await.until("messages", () -> b.messages.size() == before + 100);
        }
        assertThat(failures).isEmpty();
        assertThat(b.messages.get(9_999).bytes()).isEqualTo("message 10000".getBytes(UTF_8));
    }

    @Test
    @Proves({"8990-2.5.3-2", "8990-2.6-1"})
    void aDatagramThatIsTooLongIsDroppedAndCounted() throws Exception {
        NettyNode node = started(ON_LOOPBACK.withMaxDatagramBytes(100));
        InetAddress group = InetAddress.getByName("ff02::13%" + node.link().index());
        InetSocketAddress to = new InetSocketAddress(group, 7017);
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(new byte[101], 101, to));
            socket.send(new DatagramPacket(new byte[4000], 4000, to));
            socket.send(new DatagramPacket(new byte[100], 100, to));
        }
        assertThat(node.awaitMessage().bytes()).hasSize(100);
        assertThat(node.drops).containsExactly(SubstrateDrop.MESSAGE_TOO_LONG, SubstrateDrop.MESSAGE_TOO_LONG);
        assertThat(node.droppedFrom)
                .extracting(InetSocketAddress::getAddress)
                .containsOnly(node.link().linkLocalAddress());
        assertThat(node.messages).hasSize(1);
        assertThat(node.multicast(node.link(), new byte[1233])).hasMessageContaining("1233");
    }

    @Test
    void theNumberOfRepliesUnderWayIsBounded() {
        NettyNode a = started(ON_LOOPBACK);
        NettyNode b = started(ON_LOOPBACK.withMaxReplies(1));
        a.multicast(a.link(), MESSAGE);
        NettyNode.Message question = b.awaitMessage();
        List<CompletableFuture<Throwable>> replies = b.call(() -> List.of(reply(question), reply(question)));
        assertThat(Await.result("the first reply", replies.get(0)))
                .as("given up")
                .isNotNull();
        assertThat(Await.result("the second reply", replies.get(1))).isNull();
        assertThat(b.reply(question, MESSAGE)).as("a third one").isNull();
    }

    @Test
    void aReplyTakesRoomUntilItsReceiverClosesTheConnection() {
        NettyNode a = started(ON_LOOPBACK);
        NettyNode b = started(ON_LOOPBACK.withMaxReplies(2).withCloseTimeout(Duration.ofMinutes(1)));
        a.multicast(a.link(), MESSAGE);
        NettyNode.Message question = b.awaitMessage();
        assertThat(b.call(b.substrate::hasRoomForReply)).isTrue();
        List<CompletableFuture<Boolean>> gone = List.of(new CompletableFuture<>(), new CompletableFuture<>());
        List<Runnable> resets = new ArrayList<>();
        for (CompletableFuture<Boolean> each : gone) {
            CompletableFuture<Throwable> sent = new CompletableFuture<>();
            resets.add(b.call(() -> question.replyPath().reply(MESSAGE, sent::complete, () -> each.complete(true))));
            assertThat(Await.result("a reply", sent)).isNull();
        }
        assertThat(b.call(b.substrate::hasRoomForReply)).isFalse();
        assertThat(gone).noneMatch(CompletableFuture::isDone);

        a.awaitAccepted(0).close();
        Await.result("the end of the first", gone.get(0));
        assertThat(b.call(b.substrate::hasRoomForReply)).isTrue();
        b.call(() -> {
            resets.get(1).run();
            return true;
        });
        Await.result("the end of the second, which is reset", gone.get(1));
        assertThat(a.awaitAccepted(1).awaitClosed()).isNotNull();
    }

    /** No more leaves such an interface than one datagram in some seconds. */
    @Test
    void aSlowLinkDoesNotDelayTheMulticastsOfAnother() {
        TestNetwork.ip("link add grasp2 type veth peer name grasp3");
        try {
            TestNetwork.ip("link set grasp3 up");
            TestNetwork.ip("link set grasp2 up");
            TestNetwork.ip("-6 address add fe80::2/64 dev grasp2 nodad");
            TestNetwork.tc("qdisc add dev grasp2 root tbf rate 1kbit burst 2kb limit 10mb");
            NettyNode node = started(NettyConfig.defaults().withLinks("grasp2", TestNetwork.LINK));
            List<Throwable> refused = new CopyOnWriteArrayList<>();
            node.call(() -> {
                for (int i = 0; i < 1000; i++) {
                    node.links.get(0).multicast(new byte[1000], failure -> {
                        if (failure != null) {
                            refused.add(failure);
                        }
                    });
                }
                return true;
            });
            assertThat(refused).isNotEmpty().allSatisfy(each -> assertThat(each).hasMessageContaining("too slow"));
            assertThat(node.multicast(node.links.get(1), MESSAGE)).isNull();
            Await.until(
                    "a message on the other link",
                    () -> node.messages.stream()
                            .anyMatch(each -> each.link().name().equals(TestNetwork.LINK)));
        } finally {
            TestNetwork.ip("link delete grasp2");
        }
    }

    @Test
    void aReplyToAPeerThatDoesNotReadTimesOut() throws IOException {
        NettyNode node = started(ON_LOOPBACK.withMaxReplies(1).withCloseTimeout(Duration.ofMillis(200)));
        InetAddress group = InetAddress.getByName("ff02::13%" + node.link().index());
        try (ServerSocket asker = new ServerSocket()) {
            asker.setReceiveBufferSize(4096);
            asker.bind(new InetSocketAddress(NetUtil.LOCALHOST6, 0));
            try (DatagramSocket socket =
                    new DatagramSocket(new InetSocketAddress(NetUtil.LOCALHOST6, asker.getLocalPort()))) {
                socket.send(new DatagramPacket(MESSAGE, MESSAGE.length, group, NettyConfig.GRASP_LISTEN_PORT));
            }
            NettyNode.Message question = node.awaitMessage();
            byte[] more = new byte[30_000_000]; // more than the system buffers
            assertThat(node.reply(question, more)).isNotNull().hasMessageContaining("took too long");
            assertThat(node.reply(question, more)).isNotNull().hasMessageContaining("took too long");
        }
    }

    private static CompletableFuture<Throwable> reply(NettyNode.Message to) {
        CompletableFuture<Throwable> sent = new CompletableFuture<>();
        to.replyPath().reply(MESSAGE, sent::complete);
        return sent;
    }

    @Test
    void aBadInterfaceDoesNotStopTheOthers() {
        TestNetwork.ip("link add grasp2 type veth peer name grasp3");
        try {
            NettyNode node = started(NettyConfig.defaults().withLinks("grasp2", TestNetwork.LINK));
            assertThat(node.links).extracting(Link::name).containsExactly(TestNetwork.LINK);
            assertThat(node.linksFailed).containsExactly("grasp2: interface grasp2 is down or has no address");
        } finally {
            TestNetwork.ip("link delete grasp2");
        }
    }

    @Test
    void aRemovedInterfaceFailsItsSendsOnly() {
        TestNetwork.ip("link add grasp2 type veth peer name grasp3");
        TestNetwork.ip("link set grasp3 up");
        TestNetwork.ip("link set grasp2 up");
        TestNetwork.ip("-6 address add fe80::2/64 dev grasp2 nodad");
        NettyNode node = started(NettyConfig.defaults().withLinks("grasp2", TestNetwork.LINK));
        TestNetwork.ip("link delete grasp2");
        assertThat(node.multicast(node.links.get(0), MESSAGE)).isInstanceOf(SocketException.class);
        assertThat(node.multicast(node.links.get(1), MESSAGE)).isNull();
        assertThat(node.awaitMessage().link().name()).isEqualTo(TestNetwork.LINK);
    }

    @Test
    void anExceptionInAListenerDoesNotStopTheSubstrate() {
        List<Throwable> uncaught = new CopyOnWriteArrayList<>();
        NettyNode node = started(ON_LOOPBACK);
        node.call(() -> {
            Thread.currentThread().setUncaughtExceptionHandler((thread, what) -> uncaught.add(what));
            return true;
        });
        IllegalStateException failure = new IllegalStateException("from a listener");
        node.onMessage = message -> {
            throw failure;
        };
        node.multicast(node.link(), MESSAGE);
        node.multicast(node.link(), MESSAGE);
        Await.until("both failures", () -> uncaught.size() == 2);
        assertThat(uncaught).containsExactly(failure, failure);
    }
}
