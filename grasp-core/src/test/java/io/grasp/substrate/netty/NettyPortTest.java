package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The port at which a node accepts connections, if the operator has set it. */
@ExtendWith(NoLeaks.class)
class NettyPortTest {
    private static final int PORT = 17_170;
    private static final NettyConfig AT_PORT =
            NettyConfig.defaults().withLinks(TestNetwork.LOOPBACK).withPort(PORT);
    private static final byte[] MESSAGE = "message".getBytes(StandardCharsets.US_ASCII);

    @BeforeAll
    static void requireNetwork() {
        TestNetwork.require();
    }

    @AfterEach
    void nothingIsOpen() {
        assertThat(TestNetwork.openSockets()).isEmpty();
    }

    @Test
    void aNodeAcceptsConnectionsAtItsPortAndMulticastsFromIt() {
        try (NettyNode node = NettyNode.started(AT_PORT);
                NettyNode other = NettyNode.started(AT_PORT.withPort(0))) {
            assertThat(node.port()).isEqualTo(PORT);
            assertThat(other.port()).isNotIn(0, PORT);
            exchange(node, other);
        }
    }

    @Test
    void thePortMayBeTheOneForMulticasts() {
        try (NettyNode node = NettyNode.started(AT_PORT.withPort(NettyConfig.GRASP_LISTEN_PORT));
                NettyNode other = NettyNode.started(AT_PORT)) {
            exchange(node, other);
            exchange(other, node);
        }
    }

    private static void exchange(NettyNode node, NettyNode other) {
        int port = node.port();
        assertThat(node.multicast(node.link(), MESSAGE)).isNull();
        Await.until(
                "the multicast from port " + port,
                () -> other.messages.stream()
                        .anyMatch(message -> message.replyPath().source().getPort() == port));
        NettyPeer peer = other.connect(node.at("::1")).await("opened");
        assertThat(peer.send(MESSAGE)).isNull();
        NettyPeer accepted = node.awaitAccepted(0);
        Await.until("the message", () -> accepted.received().length == MESSAGE.length);
        peer.close();
        accepted.await("inputEnded").close();
        assertThat(peer.awaitClosed()).isNull();
    }

    @Test
    void aPortThatAnotherProgramUsesFailsTheStart() throws Exception {
        try (ServerSocket taken = new ServerSocket()) {
            taken.bind(new InetSocketAddress("::", PORT));
            assertThat(startFailure(AT_PORT))
                    .isInstanceOf(BindException.class)
                    .hasMessage("TCP port " + PORT + " is already in use");
        }
        try (DatagramSocket taken = new DatagramSocket(null)) {
            taken.bind(new InetSocketAddress("::", PORT));
            assertThat(startFailure(AT_PORT))
                    .isInstanceOf(BindException.class)
                    .hasMessage("UDP port " + PORT + " is already in use");
        }
        try (NettyNode node = NettyNode.started(AT_PORT)) {
            assertThat(startFailure(AT_PORT)).hasMessage("TCP port " + node.port() + " is already in use");
        }
    }

    private static Throwable startFailure(NettyConfig config) {
        try (NettyNode node = NettyNode.of(NettySubstrate.create(config))) {
            return node.startFailure();
        }
    }

    @Test
    void aPortCanBeUsedAgainAtOnceThoughItsConnectionsWereClosedByThisNode() {
        try (NettyNode other = NettyNode.started(AT_PORT.withPort(0))) {
            for (int life = 0; life < 3; life++) {
                try (NettyNode node = NettyNode.started(AT_PORT)) {
                    NettyPeer peer = other.connect(node.at("::1")).await("opened");
                    node.awaitAccepted(0).close(); // first, so that TIME_WAIT stays at this port
                    peer.await("inputEnded").close();
                    assertThat(peer.awaitClosed()).isNull();
                }
            }
        }
    }
}
