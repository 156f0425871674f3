package io.grasp.substrate.netty;

import io.grasp.security.NodeIdentity;
import io.grasp.substrate.netty.overlay.Identities;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;

/** Nodes of one domain on one loop, of which nothing is left after each test. */
@ExtendWith(NoLeaks.class)
abstract class OverlayTest {
    static final Identities DOMAIN = new Identities();
    static NettyLoop loop;

    private final List<NodeIdentity> identities = new ArrayList<>();
    private final List<OverlayNode> nodes = new ArrayList<>();

    @BeforeAll
    static void openLoop() {
        TestNetwork.require();
        loop = NettyLoop.create();
    }

    @AfterAll
    static void closeLoop() {
        if (loop != null) {
            CompletableFuture<Boolean> closed = new CompletableFuture<>();
            loop.close(failure -> closed.complete(true));
            Await.result("end of the loop", closed);
            loop = null;
        }
    }

    @AfterEach
    void closeNodes() {
        nodes.forEach(OverlayNode::close);
        identities.forEach(NodeIdentity::close);
        Await.until("no socket", () -> TestNetwork.openSockets().isEmpty());
    }

    /** {@return a node that is closed after the test} */
    OverlayNode start(String name, UnaryOperator<OverlayConfig> settings) {
        return start(DOMAIN.open(name), settings);
    }

    /** {@return a node that is closed after the test, and its identity too} */
    OverlayNode start(NodeIdentity identity, UnaryOperator<OverlayConfig> settings) {
        identities.add(identity);
        OverlayNode node = OverlayNode.start(loop, identity, settings);
        nodes.add(node);
        return node;
    }
}
