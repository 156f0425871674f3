package io.grasp.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.Proves;
import io.grasp.cbor.CborLimits;
import io.grasp.config.RegistrationOptions;
import io.grasp.model.Locator;
import io.grasp.model.NodeLocators;
import io.grasp.model.Objective;
import io.grasp.model.SessionId;
import io.grasp.model.TaggedObjective;
import io.grasp.observe.DropReason;
import io.grasp.observe.GraspObserver;
import io.grasp.observe.MessagePath;
import io.grasp.wire.Discovery;
import io.grasp.wire.Flood;
import io.grasp.wire.GraspMessage;
import io.grasp.wire.GraspOption;
import io.grasp.wire.MessageDecoder;
import io.grasp.wire.MessageEncoder;
import io.grasp.wire.Noop;
import io.grasp.wire.Response;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Discoveries that are sent to one node by UDP, to GRASP_LISTEN_PORT (RFC 8990 sections 2.5.4.2 and 2.8.4). */
class NettyUnicastDiscoveryTest {
    private static final int PORT = 7017;
    private static final Objective EX3 = Objective.negotiable("EX3");

    private final List<DropReason> drops = new CopyOnWriteArrayList<>();
    private NettyWorld world;
    private InetAddress ula;

    @BeforeEach
    void open() throws IOException {
        NettyWorld.require();
        world = new NettyWorld();
        ula = InetAddress.getByName("fd6a:7261:7370::1");
    }

    @AfterEach
    void close() {
        if (world != null) {
            world.close();
        }
    }

    private Grasp node() {
        return world.start(config -> config.withObserver(new GraspObserver() {
            @Override
            public void messageDropped(DropReason reason, MessagePath path) {
                drops.add(reason);
            }
        }));
    }

    /** Sends a discovery like a peer: by UDP from the port at which it accepts the answer. */
    private static Response ask(InetAddress from, InetAddress to, Discovery question) throws Exception {
        try (ServerSocket asker = new ServerSocket(0, 1, from);
                DatagramSocket socket = new DatagramSocket(new InetSocketAddress(from, asker.getLocalPort()))) {
            asker.setSoTimeout(20_000);
            send(socket, to, question);
            try (Socket answer = asker.accept()) {
                answer.shutdownOutput();
                return (Response) new MessageDecoder(CborLimits.DEFAULT)
                        .decode(answer.getInputStream().readAllBytes());
            }
        }
    }

    private static void send(DatagramSocket socket, InetAddress to, GraspMessage message) throws IOException {
        byte[] bytes = MessageEncoder.encode(message);
        socket.send(new DatagramPacket(bytes, bytes.length, to, PORT));
    }

    private void assertAnswers(Response response, int session, Locator locator) {
        assertThat(response.session()).isEqualTo(new SessionId(session));
        assertThat(response.initiator()).isEqualTo(ula);
        assertThat(response.options()).containsExactly(new GraspOption.LocatorOption(locator));
    }

    @Test
    @Proves({"8990-2.5.3-4", "8990-2.5.3-5", "8990-2.5.4.2-1", "8990-2.6-2", "8990-2.8.4-11", "8990-2.8.4-12"})
    void aDiscoveryOfOnePeerIsAnsweredAtTheAddressThatItCameFrom() throws Exception {
        Grasp node = node();
        Asa asa = world.awaitOne(node.registerAsa("server"));
        world.await(asa.register(EX3, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        NodeLocators.OnLink onLink = world.awaitOne(node.locators()).links().get(0);

        assertAnswers(ask(ula, ula, new Discovery(new SessionId(1), ula, EX3)), 1, onLink.locator());
        InetAddress linkLocal = Inet6Address.getByAddress(
                null, ((Locator.Ipv6) onLink.linkLocal()).address().getAddress(), onLink.index());
        assertAnswers(ask(linkLocal, linkLocal, new Discovery(new SessionId(2), ula, EX3)), 2, onLink.locator());
        assertThat(drops).isEmpty();
    }

    @Test
    @Proves("8990-2.8.3-1")
    void aDatagramOf2048BytesIsAccepted() throws Exception {
        Grasp node = node();
        Asa asa = world.awaitOne(node.registerAsa("server"));
        world.await(asa.register(EX3, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        Locator own = world.awaitOne(node.locators()).links().get(0).locator();
        int head = MessageEncoder.encode(new Discovery(new SessionId(1), ula, EX3.withValue(new byte[1000]))).length;
        Discovery longest = new Discovery(new SessionId(1), ula, EX3.withValue(new byte[3048 - head]));
        assertThat(MessageEncoder.encode(longest)).hasSize(2048);

        assertAnswers(ask(ula, ula, longest), 1, own);
    }

    @Test
    void otherUnicastDatagramsAreDropped() throws Exception {
        Grasp node = node();
        Asa asa = world.awaitOne(node.registerAsa("server"));
        Objective ex2 = Objective.synchronizable("EX2");
        Collected<?> floods = world.collect(asa.floods("EX2"));
        try (ServerSocket answers = new ServerSocket(0, 1, ula); // the port of a node is bound for both
                DatagramSocket socket = new DatagramSocket(new InetSocketAddress(ula, answers.getLocalPort()))) {
            send(
                    socket,
                    ula,
                    new Flood(
                            new SessionId(1),
                            ula,
                            60_000,
                            List.of(TaggedObjective.untagged(ex2.withValue(1))),
                            List.of()));
            send(socket, ula, new Noop());
            socket.send(new DatagramPacket(new byte[] {1, 2, 3}, 3, ula, PORT));
            send(socket, ula, new Discovery(new SessionId(2), ula, EX3));
            world.awaitUntil("drops", () -> drops.size() == 4);
        }
        assertThat(drops)
                .containsExactly(
                        DropReason.WRONG_PATH, DropReason.NOOP, DropReason.MALFORMED, DropReason.NOT_SUPPORTED);
        assertThat(floods.values()).isEmpty();
        floods.cancel();
    }

    /** A forged source at this host may name any of its services. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void noAnswerGoesToAPortOfThisHostThatIsNotBoundForUdpAndTcp() throws Exception {
        Grasp node = node();
        Asa asa = world.awaitOne(node.registerAsa("server"));
        world.await(asa.register(EX3, RegistrationOptions.DEFAULTS.withDiscoverable(true)));
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(ula, 0))) {
            send(socket, ula, new Discovery(new SessionId(2), ula, EX3));
            world.awaitUntil("the drop", () -> drops.size() == 1);
        }
        assertThat(drops).containsExactly(DropReason.UNBOUND_SOURCE);
    }
}
