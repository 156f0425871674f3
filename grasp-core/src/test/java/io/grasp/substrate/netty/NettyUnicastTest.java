package io.grasp.substrate.netty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.substrate.SubstrateDrop;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Datagrams to one node: they are accepted at each served address, and only there. */
@ExtendWith(NoLeaks.class)
class NettyUnicastTest {
    private static final int PORT = NettyConfig.GRASP_LISTEN_PORT;
    private static final String ULA = "fd6a:7261:7370::1";
    private static final NettyConfig ON_LINK =
            NettyConfig.defaults().withLinks(TestNetwork.LINK).withInterfacePoll(Duration.ofMillis(20));
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

    private NettyNode node() {
        NettyNode node = NettyNode.of(NettySubstrate.create(ON_LINK));
        nodes.add(node);
        return node;
    }

    private static void send(byte[] bytes, InetAddress to) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(bytes, bytes.length, to, PORT));
        }
    }

    private static void send(String text, String to) throws IOException {
        send(text.getBytes(UTF_8), InetAddress.getByName(to));
    }

    private static List<String> texts(NettyNode node) {
        return node.unicasts.stream()
                .map(each -> new String(each.bytes(), UTF_8))
                .toList();
    }

    private static void awaitTexts(NettyNode node, String... texts) {
        Await.until(List.of(texts) + ", got " + texts(node), () -> texts(node).equals(List.of(texts)));
    }

    @Test
    void aDatagramIsDeliveredOnceAndCanBeAnswered() throws IOException {
        NettyNode node = node().start();
        try (ServerSocket asker = new ServerSocket(0, 1, InetAddress.getByName(ULA));
                DatagramSocket socket =
                        new DatagramSocket(new InetSocketAddress(asker.getInetAddress(), asker.getLocalPort()))) {
            socket.send(new DatagramPacket(MESSAGE, MESSAGE.length, InetAddress.getByName(ULA), PORT));
            Await.until("the datagram", () -> !node.unicasts.isEmpty());
            NettyNode.Unicast taken = node.unicasts.get(0);
            assertThat(taken.replyPath().source())
                    .isEqualTo(new InetSocketAddress(asker.getInetAddress(), asker.getLocalPort()));
            node.call(() -> {
                taken.replyPath().reply(MESSAGE, failure -> {});
                return true;
            });
            try (Socket answer = asker.accept()) {
                assertThat(answer.getInputStream().readNBytes(MESSAGE.length)).isEqualTo(MESSAGE);
            }
        }
        assertThat(node.unicasts).hasSize(1);
        assertThat(node.messages).as("no multicast").isEmpty();
    }

    @Test
    void aDatagramToTheLinkLocalAddressIdentifiesItsLink() throws IOException {
        NettyNode node = node().start();
        InetAddress here = node.link().linkLocalAddress();
        send(
                MESSAGE,
                Inet6Address.getByAddress(null, here.getAddress(), node.link().index()));
        Await.until("the datagram", () -> !node.unicasts.isEmpty());
        Inet6Address source =
                (Inet6Address) node.unicasts.get(0).replyPath().source().getAddress();
        assertThat(source.getScopeId()).isEqualTo(node.link().index());
    }

    @Test
    void aMulticastIsDeliveredOnceAndNotAsUnicast() {
        NettyNode node = node().start();
        NettyNode other = node().start();
        other.multicast(other.link(), MESSAGE);
        other.multicast(other.link(), "last".getBytes(UTF_8));
        Await.until("the last one", () -> node.messages.size() >= 2);
        assertThat(node.messages).hasSize(2);
        assertThat(node.unicasts).isEmpty();
    }

    @Test
    @Proves("8990-2.5.1-2")
    void datagramsToAddressesThatAreNotServedAreNotDelivered() throws IOException {
        TestNetwork.addAddress("fd6a:7261:7371::1", "grasp1");
        TestNetwork.addAddress("fd6a:7261:7372::1", TestNetwork.LINK);
        try {
            NettyNode node = node();
            InetAddress served = InetAddress.getByName(ULA);
            node.serves = served::equals;
            node.start();
            send("another interface", "fd6a:7261:7371::1");
            send("another address of the link", "fd6a:7261:7372::1");
            send("loopback", "::1");
            send("served", ULA);
            awaitTexts(node, "served");
        } finally {
            TestNetwork.ip("-6 address delete fd6a:7261:7371::1/64 dev grasp1");
            TestNetwork.ip("-6 address delete fd6a:7261:7372::1/64 dev " + TestNetwork.LINK);
        }
    }

    @Test
    void socketsFollowTheAddressesOfTheHost() throws IOException {
        NettyNode node = node().start();
        TestNetwork.addAddress("fd6a:7261:7372::1", TestNetwork.LINK);
        Await.until("a socket", () -> sockets("fd6a:7261:7372::1") == 1);
        send("at the new address", "fd6a:7261:7372::1");
        awaitTexts(node, "at the new address");
        TestNetwork.ip("-6 address delete fd6a:7261:7372::1/64 dev " + TestNetwork.LINK);
        Await.until("no socket", () -> sockets("fd6a:7261:7372::1") == 0);
        assertThat(node.linksFailed).isEmpty();
    }

    @Test
    void anAddressThatDisappearsBeforeItIsBoundIsIgnored() throws IOException {
        String going = "fd6a:7261:7372::1";
        InetAddress address = InetAddress.getByName(going);
        NettyNode node = node().start();
        AtomicBoolean asked = new AtomicBoolean();
        AtomicBoolean gone = new AtomicBoolean();
        node.serves = local -> {
            if (local.equals(address)) {
                asked.set(true);
                while (!gone.get()) {
                    // Not by blocking: BlockHound makes that fail on a loop.
                }
            }
            return true;
        };
        TestNetwork.addAddress(going, TestNetwork.LINK);
        try {
            Await.until("the look at the address", asked::get);
        } finally {
            TestNetwork.ip("-6 address delete " + going + "/64 dev " + TestNetwork.LINK);
            gone.set(true);
        }
        assertThat(node.call(() -> List.copyOf(node.linksFailed))).isEmpty();
        assertThat(sockets(going)).isZero();
    }

    /** {@return the number of sockets at an address and the port} */
    private static long sockets(String address) {
        return TestNetwork.openSockets().stream()
                .filter(line -> line.contains(TestNetwork.hex(address, PORT)))
                .count();
    }

    @Test
    void theNodeStartedLastReceivesTheDatagramsOfItsHost() throws IOException {
        NettyNode first = node().start();
        NettyNode last = node().start();
        send("to two", ULA);
        awaitTexts(last, "to two");
        nodes.remove(last);
        last.close();
        send("to one", ULA);
        awaitTexts(first, "to one");
    }

    @Test
    void aDatagramThatIsTooLongIsDroppedAndCounted() throws IOException {
        NettyNode node = node().start();
        send(new byte[2049], InetAddress.getByName(ULA));
        send("short", ULA);
        awaitTexts(node, "short");
        assertThat(node.drops).containsExactly(SubstrateDrop.MESSAGE_TOO_LONG);
    }

    @Test
    void aPortInUseIsReportedOnceAndTriedAgain() throws IOException {
        NettyNode node = node();
        try (DatagramSocket exclusive = new DatagramSocket(new InetSocketAddress(ULA, PORT))) {
            assertThat(exclusive.getReuseAddress()).isFalse();
            node.start();
            Await.until("the failure", () -> !node.linksFailed.isEmpty());
        }
        Await.until("the port", () -> sockets(ULA) == 1);
        send("late", ULA);
        awaitTexts(node, "late");
        assertThat(node.linksFailed)
                .singleElement()
                .asString()
                .startsWith(TestNetwork.LINK + ": cannot bind to [fd6a:7261:7370::1]:7017: address already in use");
    }
}
