package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.Security;
import io.grasp.substrate.SubstrateDrop;
import io.grasp.substrate.netty.quads.QuadsException;
import io.grasp.substrate.netty.quads.QuadsKey;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a substrate with QUADS sends and receives. The other ends have graspy's ciphertexts only. */
@ExtendWith(NoLeaks.class)
class NettyQuadsTest {
    /** As graspy derives it from the password "graspy". */
    private static final QuadsKey KEY = QuadsKey.of(
            hex("6967532779d7d443d28b9507e56517957f5c90cd91ab6af0245b72acaa242164"),
            hex("d7d443d28b9507e56517957f5c90cd91"));

    private static final byte[] NOOP = hex("8100");
    private static final byte[] NOOP_ENCRYPTED = hex("26c4bb7cf742ff3c7fef4d84338910e4");
    private static final byte[] DISCOVERY = hex("84011a00d4d7485020010db8f000baaa28ccdc4c9703678184634558310502f6");
    private static final byte[] DISCOVERY_ENCRYPTED =
            hex("13c9587abbb57ae046db88a5fcbaec438fc624e56f020d26d50050f00b1bc6f79ae7c511f7a87d70722e5349c87cd20e");

    private static final NettyConfig ON_LOOPBACK =
            NettyConfig.defaults().withLinks(TestNetwork.LOOPBACK).withQuads(KEY);

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
    void multicastsAreTheCiphertextsOfGraspy() throws IOException {
        NettyNode node = started(ON_LOOPBACK);
        NetworkInterface loopback = NetworkInterface.getByIndex(node.link().index());
        try (MulticastSocket socket = new MulticastSocket(7017)) {
            InetSocketAddress group = new InetSocketAddress(InetAddress.getByName("ff02::13"), 0);
            socket.joinGroup(group, loopback);
            socket.setNetworkInterface(loopback);
            socket.setSoTimeout(20_000);
            assertThat(node.multicast(node.link(), DISCOVERY)).isNull();
            DatagramPacket packet = new DatagramPacket(new byte[100], 100);
            socket.receive(packet);
            assertThat(Arrays.copyOf(packet.getData(), packet.getLength())).isEqualTo(DISCOVERY_ENCRYPTED);
            for (byte[] sent : List.of(NOOP, DISCOVERY, NOOP_ENCRYPTED)) {
                socket.send(new DatagramPacket(sent, sent.length, group.getAddress(), 7017));
            }
            Await.until("its own message and that of graspy", () -> node.messages.size() == 2);
            assertThat(node.messages.get(0).bytes()).isEqualTo(DISCOVERY);
            assertThat(node.messages.get(1).bytes()).isEqualTo(NOOP);
            assertThat(node.drops).containsExactly(SubstrateDrop.UNDECRYPTABLE, SubstrateDrop.UNDECRYPTABLE);
        }
    }

    @Test
    void eachMessageOfAConnectionIsACiphertext() throws IOException {
        NettyNode node = started(ON_LOOPBACK);
        try (ServerSocket server = new ServerSocket(0, 50, NetUtil.LOCALHOST6)) {
            NettyPeer ours = node.connect((InetSocketAddress) server.getLocalSocketAddress());
            try (Socket theirs = server.accept()) {
                ours.send(DISCOVERY);
                ours.send(NOOP);
                assertThat(theirs.getInputStream().readNBytes(64))
                        .isEqualTo(joined(DISCOVERY_ENCRYPTED, NOOP_ENCRYPTED));
                theirs.getOutputStream().write(joined(NOOP_ENCRYPTED, DISCOVERY_ENCRYPTED));
                Await.until("two messages", () -> ours.received().length == NOOP.length + DISCOVERY.length);
                assertThat(ours.received()).isEqualTo(joined(NOOP, DISCOVERY));
            }
            assertThat(ours.await("inputEnded").events).containsExactly("opened", "inputEnded");
            ours.close();
            assertThat(ours.awaitClosed()).isNull();
        }
        assertThat(node.drops).isEmpty();
    }

    @Test
    void aConnectionWithPlainMessagesIsClosedAndCounted() throws IOException {
        NettyNode node = started(ON_LOOPBACK);
        try (Socket plain = new Socket(NetUtil.LOCALHOST6, node.port())) {
            plain.setSoTimeout(20_000);
            plain.getOutputStream().write(NOOP); // less than a block, so only the end shows what it is
            plain.shutdownOutput();
            assertThat(node.awaitAccepted(0).awaitClosed()).isInstanceOf(QuadsException.class);
        }
        try (Socket plain = new Socket(NetUtil.LOCALHOST6, node.port())) {
            plain.setSoTimeout(20_000);
            plain.getOutputStream().write(new byte[48]); // decrypts to noise
            assertThat(node.awaitAccepted(1).awaitClosed()).isInstanceOf(QuadsException.class);
        }
        assertThat(node.accepted).noneMatch(each -> each.events.contains("inputEnded"));
        assertThat(node.drops).containsExactly(SubstrateDrop.UNDECRYPTABLE, SubstrateDrop.UNDECRYPTABLE);
    }

    @Test
    void theKeyIsAnAssertionThatCanBeWithdrawn() {
        NettyNode node = NettyNode.of(NettySubstrate.create(ON_LOOPBACK));
        nodes.add(node);
        assertThat(node.call(node.substrate::security)).isEqualTo(Security.ASSERTED);
        node.substrate.assumeSecure(false);
        assertThat(node.call(node.substrate::security)).isEqualTo(Security.NONE);
        NettyNode without = NettyNode.of(NettySubstrate.create(ON_LOOPBACK.withQuads(null)));
        nodes.add(without);
        assertThat(without.call(without.substrate::security)).isEqualTo(Security.NONE);
    }

    /** With its padding the longest multicast still fits in one packet. */
    @Test
    void theLongestMulticastHasRoomForItsPadding() {
        NettyNode node = started(ON_LOOPBACK.withMaxMulticastBytes(65_507).withMaxDatagramBytes(65_507));
        int longest = node.link().maxMulticastBytes();
        assertThat(longest).as("of an MTU of 65536").isEqualTo(65_536 - 48 - 1);
        assertThat(node.multicast(node.link(), new byte[longest])).isNull();
        assertThat(node.awaitMessage().bytes()).isEqualTo(new byte[longest]);
        assertThat(node.multicast(node.link(), new byte[longest + 1])).isNotNull();
    }

    @Test
    void aMessageThatIsTooLongWithoutItsPaddingIsDropped() {
        NettyNode sender = started(ON_LOOPBACK);
        NettyNode node = started(ON_LOOPBACK.withMaxDatagramBytes(100));
        for (int length : new int[] {100, 101, 111, 112, 99}) {
            assertThat(sender.multicast(sender.link(), new byte[length])).isNull();
        }
        Await.until("the last one", () -> node.messages.size() == 2);
        assertThat(node.messages.get(0).bytes()).hasSize(100);
        assertThat(node.messages.get(1).bytes()).hasSize(99);
        assertThat(node.drops).hasSize(3).containsOnly(SubstrateDrop.MESSAGE_TOO_LONG);
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }
}
