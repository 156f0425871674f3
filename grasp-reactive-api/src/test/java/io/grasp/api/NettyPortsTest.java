package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.cbor.CborLimits;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.AsaLocator;
import io.grasp.model.Locator;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.substrate.netty.LinkIp;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.wire.Discovery;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MalformedMessageException;
import io.grasp.wire.MessageDecoder;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Response;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The ports of a node with the default settings, and of a neighbor that knows only the RFC's numbers. */
class NettyPortsTest {
    private static final int GRASP_LISTEN_PORT = 7017;
    private static final int WAIT_MILLIS = 20_000;
    private static final Objective EX3 = Objective.negotiable("EX3");

    private NettyWorld world;

    @BeforeEach
    void open() {
        NettyWorld.require();
        world = new NettyWorld();
    }

    @AfterEach
    void close() {
        if (world != null) {
            world.close();
        }
    }

    private Grasp node(LinkIp ip) {
        NettyConfig onLoopback = NettyConfig.defaults().withLinks("lo").withIp(ip);
        return world.start(onLoopback.withAssumeSecure(true), config -> config);
    }

    private static NetworkInterface loopback() throws IOException {
        return NetworkInterface.getByName("lo");
    }

    private static GraspMessage decode(byte[] message) {
        try {
            return new MessageDecoder(CborLimits.DEFAULT).decode(message);
        } catch (MalformedMessageException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"IPV6, ff02::13, ::1", "IPV4, 224.0.0.119, 127.0.0.1"})
    @Proves({"8990-2.6-1", "8990-2.8.5-5", "8990-2.8.5-6"})
    void aMulticastToTheRegisteredPortIsHeardAndAnsweredAtThePortItCameFrom(LinkIp ip, String group, String source)
            throws Exception {
        Grasp node = node(ip);
        Asa asa = world.awaitOne(node.registerAsa("server"));
        world.await(asa.register(EX3, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        Locator own = world.awaitOne(node.locators()).links().get(0).locator();
        InetAddress here = InetAddress.getByName(source);
        InetAddress initiator = InetAddress.getByName("fd77::7");
        byte[] question = MessageEncoder.encode(new Discovery(new SessionId(7), initiator, EX3));

        try (ServerSocket asker = new ServerSocket(0, 1, here);
                MulticastSocket socket = new MulticastSocket(new InetSocketAddress(here, asker.getLocalPort()))) {
            socket.setNetworkInterface(loopback());
            socket.send(new DatagramPacket(question, question.length, InetAddress.getByName(group), GRASP_LISTEN_PORT));
            asker.setSoTimeout(WAIT_MILLIS);
            try (Socket answer = asker.accept()) {
                answer.setSoTimeout(WAIT_MILLIS);
                answer.shutdownOutput();
                byte[] all = answer.getInputStream().readAllBytes(); // to the end, so it is closed
                assertThat(decode(all)).isInstanceOfSatisfying(Response.class, response -> {
                    assertThat(response.session()).isEqualTo(new SessionId(7));
                    assertThat(response.initiator()).isEqualTo(initiator);
                    assertThat(response.options()).containsExactly(new GraspOption.LocatorOption(own));
                });
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"IPV6, ff02::13", "IPV4, 224.0.0.119"})
    @Proves({"8990-2.6-1", "8990-2.8.4-1", "8990-2.8.5-5"})
    void aDiscoveryIsSentToTheRegisteredPortAndAnsweredAtThePortItCameFrom(LinkIp ip, String group) throws Exception {
        Grasp node = node(ip);
        Asa asa = world.awaitOne(node.registerAsa("seeker"));
        Locator there = new Locator.Fqdn("peer.example.org", Locator.TCP, 4711);
        Collected<AsaLocator> found;
        try (MulticastSocket socket = new MulticastSocket(GRASP_LISTEN_PORT)) {
            socket.joinGroup(new InetSocketAddress(InetAddress.getByName(group), 0), loopback());
            socket.setSoTimeout(WAIT_MILLIS);
            found = world.collect(asa.discover(EX3, Duration.ofHours(1)));
            DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
            socket.receive(packet);
            Discovery asked = (Discovery) decode(Arrays.copyOf(packet.getData(), packet.getLength()));
            byte[] response = MessageEncoder.encode(new Response(
                    asked.session(), asked.initiator(), 60_000, List.of(new GraspOption.LocatorOption(there)), null));
            try (Socket answer = new Socket(packet.getAddress(), packet.getPort())) {
                answer.getOutputStream().write(response);
                answer.shutdownOutput();
                answer.setSoTimeout(WAIT_MILLIS);
                assertThat(answer.getInputStream().read()).as("it is closed").isNegative();
            }
        }
        assertThat(found.awaitValues(1).get(0).locator()).isEqualTo(there);
        found.cancel();
        world.awaitNoResidue(node);
    }
}
