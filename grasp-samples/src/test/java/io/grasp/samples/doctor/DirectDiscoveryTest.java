package io.grasp.samples.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grasp.api.Asa;
import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.Objective;
import io.grasp.samples.doctor.DirectDiscovery.Answer;
import io.grasp.substrate.netty.LinkIp;
import io.grasp.substrate.netty.NettyConfig;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What comes back when one peer is asked alone: from a node, and from programs that are none. */
@Timeout(60)
class DirectDiscoveryTest {
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();
    private static final byte[] RESPONSE = {(byte) 0x85, 2, 1};

    /** A peer that does something when it was asked. */
    private interface Peer {
        void asked() throws IOException;
    }

    private static void onThread(Peer peer) {
        Thread thread = new Thread(
                () -> {
                    try {
                        peer.asked();
                    } catch (IOException ended) {
                        // by the side that asks
                    }
                },
                "peer");
        thread.setDaemon(true);
        thread.start();
    }

    @Test
    void aNodeAnswersForAnObjectiveThatItHasAndIsSilentAboutOthers() throws IOException {
        GraspConfig config = GraspConfig.defaults()
                .withNetwork(NettyConfig.defaults()
                        .withLinks("lo")
                        .withIp(LinkIp.IPV4)
                        .withAssumeSecure(true));
        try (Grasp node = Grasp.start(config).block(LONGEST)) {
            Asa asa = node.registerAsa("asa").block(LONGEST);
            asa.register(Objective.negotiable("EX3"), RegistrationOptions.DEFAULTS.withDiscoverable(true))
                    .block(LONGEST);
            InetSocketAddress place =
                    new InetSocketAddress(HERE, node.locators().block(LONGEST).port());

            assertThat(DirectDiscovery.byTcp().ask("EX3", place)).isEqualTo(Answer.RESPONSE);
            assertThat(DirectDiscovery.byTcp().ask("EX4", place)).isEqualTo(Answer.SILENCE);
        }
    }

    @Test
    void aProgramThatIsNoNodeIsDistinguished() throws IOException {
        for (String said : new String[] {"", "HTTP/1.1 400 Bad Request\r\n"}) {
            try (ServerSocket server = new ServerSocket(0, 1, HERE)) {
                onThread(() -> {
                    try (Socket connection = server.accept()) {
                        connection.getInputStream().read();
                        connection.getOutputStream().write(said.getBytes(StandardCharsets.US_ASCII));
                        connection.shutdownOutput();
                        connection.getInputStream().readAllBytes();
                    }
                });
                assertThat(DirectDiscovery.byTcp().ask("EX3", (InetSocketAddress) server.getLocalSocketAddress()))
                        .isEqualTo(Answer.OTHER);
            }
        }
        try (ServerSocket server = new ServerSocket(0, 1, HERE)) {
            onThread(() -> {
                Socket connection = server.accept();
                connection.setSoLinger(true, 0); // closes with a reset
                connection.close();
            });
            assertThat(DirectDiscovery.byTcp().ask("EX3", (InetSocketAddress) server.getLocalSocketAddress()))
                    .as("a connection that is reset")
                    .isEqualTo(Answer.OTHER);
        }
        ServerSocket closed = new ServerSocket(0, 1, HERE);
        closed.close();
        InetSocketAddress gone = new InetSocketAddress(HERE, closed.getLocalPort());
        assertThatThrownBy(() -> DirectDiscovery.byTcp().ask("EX3", gone)).isInstanceOf(IOException.class);
    }

    @Test
    void theAnswerToADatagramIsAConnectionToItsPort() throws IOException {
        try (DatagramSocket peer = new DatagramSocket(0, HERE)) {
            onThread(() -> {
                DatagramPacket discovery = new DatagramPacket(new byte[1500], 1500);
                peer.receive(discovery);
                try (Socket answer = new Socket(discovery.getAddress(), discovery.getPort())) {
                    answer.getOutputStream().write(RESPONSE);
                }
            });
            assertThat(DirectDiscovery.byUdp().ask("EX3", (InetSocketAddress) peer.getLocalSocketAddress()))
                    .isEqualTo(Answer.RESPONSE);
            assertThat(DirectDiscovery.byUdp().ask("EX3", (InetSocketAddress) peer.getLocalSocketAddress()))
                    .as("it takes no second datagram")
                    .isEqualTo(Answer.SILENCE);
        }
    }
}
