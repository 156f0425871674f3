package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.Locator;
import io.grasp.model.PeerRefusal;
import io.grasp.security.TestPeer;
import io.grasp.security.TlsRole;
import io.grasp.substrate.netty.member.MembersState;
import io.grasp.substrate.netty.overlay.OverlayState;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

/** Outsiders that begin 1,000 TLS handshakes at once, and leave it at their first messages. */
class OverlayStormTest extends OverlayTest {
    private static final int STORM = 1000;
    private static final int NETWORKS = 10;
    private static final int MOST = 64;

    private final List<Socket> storm = new ArrayList<>();

    /** {@return what a client of TLS 1.3 sends first} */
    private static byte[] clientHello() throws SSLException {
        SSLEngine engine = TestPeer.withoutCertificate().newEngine(TlsRole.CLIENT, "TLSv1.3");
        engine.beginHandshake();
        ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), hello);
        return Arrays.copyOf(hello.array(), hello.position());
    }

    private void begin(InetSocketAddress victim, String from, byte[] hello) throws IOException {
        Socket socket = new Socket();
        storm.add(socket);
        socket.bind(new InetSocketAddress(from, 0));
        try {
            socket.connect(victim);
            socket.getOutputStream().write(hello);
        } catch (SocketException resetBefore) {
            // the refusal that the node counts
        }
    }

    private static int handshakes(OverlayNode node) {
        return node.onLoop(() -> MembersState.handshakesOfPeers(OverlayState.members(node.substrate())));
    }

    private static boolean isAnswered(Socket socket) {
        try {
            return socket.getInputStream().available() > 0;
        } catch (IOException reset) {
            return false;
        }
    }

    @Test
    void handshakesThatOnlyBeginAreBoundedAndCountedAndMembersGetIn() throws IOException {
        InetAddress local = InetAddress.getByName("127.0.0.1");
        OverlayNode victim = start(
                "victim",
                config -> config.withAddresses(local)
                        .withMaxHandshakes(MOST, MOST / 4)
                        .withHandshakeTimeout(Duration.ofSeconds(1)));
        InetSocketAddress target = new InetSocketAddress(local, victim.port());
        String place = "127.0.0.1:" + victim.port();
        OverlayNode friend = start("friend", config -> config.withNeighbors(place));
        victim.awaitLinks(1);
        OverlayNode.Session underWay =
                friend.connect(new Locator.Ipv4((Inet4Address) local, Locator.TCP, victim.port()), 0);
        underWay.echo(10);
        byte[] hello = clientHello();
        try {
            for (int i = 0; i < STORM; i++) {
                begin(target, "127.0." + (1 + i % NETWORKS) + ".1", hello);
                if (i % NETWORKS == 0) {
                    assertThat(handshakes(victim)).isLessThanOrEqualTo(MOST);
                }
            }
            underWay.echo(1000);
            OverlayNode member = start("member", config -> config.withNeighbors(place));
            member.awaitLinks(1);
            assertThat(member.failures).isEmpty();
            assertThat(storm.stream().filter(OverlayStormTest::isAnswered))
                    .as("for which the node has computed")
                    .hasSizeGreaterThan(MOST / 4);

            Await.until(() -> "the end of all " + victim.refusals.size(), () -> victim.refusals.size() == STORM);
            assertThat(victim.refusals)
                    .contains(PeerRefusal.TOO_MANY_HANDSHAKES, PeerRefusal.HANDSHAKE_TIMEOUT)
                    .containsOnly(PeerRefusal.TOO_MANY_HANDSHAKES, PeerRefusal.HANDSHAKE_TIMEOUT);
            assertThat(handshakes(victim)).isZero();
            victim.awaitLinks(2);
            underWay.echo(10);
        } finally {
            for (Socket each : storm) {
                each.close();
            }
        }
    }
}
