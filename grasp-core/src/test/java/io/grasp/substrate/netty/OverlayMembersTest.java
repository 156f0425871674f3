package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.model.Locator;
import io.grasp.model.PeerIdentity;
import io.grasp.model.Security;
import io.grasp.security.NodeIdentity;
import io.grasp.security.TestMember;
import io.grasp.substrate.Connection;
import io.grasp.substrate.ConnectionListener;
import io.grasp.substrate.netty.overlay.Identities;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The connections of members, and what a member that breaks the rules can do with them. */
@ExtendWith(NoLeaks.class)
class OverlayMembersTest {
    private static final Identities DOMAIN = new Identities();
    private static NettyLoop loop;

    private final List<NodeIdentity> identities = new ArrayList<>();
    private final List<OverlayNode> nodes = new ArrayList<>();
    private final List<AutoCloseable> raw = new ArrayList<>();

    @BeforeAll
    static void open() {
        TestNetwork.require();
        loop = NettyLoop.create();
    }

    @AfterAll
    static void end() {
        if (loop != null) {
            CompletableFuture<Boolean> closed = new CompletableFuture<>();
            loop.close(failure -> closed.complete(true));
            Await.result("end of the loop", closed);
        }
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : raw) {
            each.close();
        }
        nodes.forEach(OverlayNode::close);
        identities.forEach(NodeIdentity::close);
        Await.until("no socket", () -> TestNetwork.openSockets().isEmpty());
    }

    private OverlayNode start(String name, UnaryOperator<OverlayConfig> settings) {
        return start(DOMAIN.open(name), settings);
    }

    private OverlayNode start(NodeIdentity identity, UnaryOperator<OverlayConfig> settings) {
        identities.add(identity);
        OverlayNode node = OverlayNode.start(loop, identity, settings);
        nodes.add(node);
        return node;
    }

    private static TestMember member(String name) {
        return DOMAIN.authority().issue(Identities.name(name));
    }

    private RawMember connect(TestMember member, OverlayNode node) {
        RawMember connected = RawMember.connect(member, node.port());
        raw.add(connected);
        return connected;
    }

    @Test
    void aHandshakeThatEndsAfterTheOwnIdentityHasBecomeBadIsNotServed() {
        SwitchedIdentity identity = new SwitchedIdentity(DOMAIN.open("patient"));
        OverlayNode patient = start(identity, config -> config);
        try {
            RawMember peer = RawMember.connect(member("peer"), patient.port(), "io.grasp.mux/1", () -> {
                identity.good(false);
                Await.until("the change", () -> patient.securities.contains(Security.NONE));
            });
            raw.add(peer);
            peer.hello(0, true).stream(1, "hello?".getBytes(StandardCharsets.US_ASCII));
            assertThat(peer.isEndedWithin(5_000)).isTrue();
        } catch (IOException | IllegalStateException ended) {
            // as it should, perhaps already within the handshake
        }
        assertThat(patient.accepted).isEmpty();
        assertThat(patient.everUp).isEmpty();
    }

    @Test
    void aSessionThatWaitsForItsOwnConnectionEndsWhenTheOwnIdentityBecomesBad() throws Exception {
        SwitchedIdentity identity = new SwitchedIdentity(DOMAIN.open("patient"));
        OverlayNode patient = start(identity, config -> config.withStreams(false));
        OverlayNode other = start("other", config -> config.withStreams(false));
        try (ServerSocket between = new ServerSocket(0, 50, OverlayNode.HOST)) {
            OverlayNode.Session session = patient.connect(between.getLocalPort());
            try (Socket in = between.accept()) {
                identity.good(false);
                Await.until("the change", () -> patient.securities.contains(Security.NONE));
                Thread relay = new Thread(() -> relay(in, other.port()));
                relay.start();
                session.awaitClosed();
                relay.join();
            }
            assertThat(session.opened).isFalse();
            assertThat(other.accepted).isEmpty();
        }
    }

    /** Passes on what comes, until both sides have ended. */
    private static void relay(Socket in, int port) {
        try (Socket out = new Socket(OverlayNode.HOST, port)) {
            Thread back = new Thread(() -> copy(out, in));
            back.start();
            copy(in, out);
            out.close();
            back.join();
        } catch (IOException | InterruptedException e) {
            // the end of the test
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // the end of the test
        }
    }
}
