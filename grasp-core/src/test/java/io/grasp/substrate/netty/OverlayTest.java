package io.grasp.substrate.netty;

import io.grasp.security.NodeIdentity;
import io.grasp.substrate.netty.overlay.Identities;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
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

    /** {@return the loop of the nodes} */
    NettyLoop loopOfNodes() {
        return loop;
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

    /** {@return the two addresses of each end of the connections that are established} */
    static Set<String> ends() {
        return TestNetwork.openSockets().stream()
                .map(line -> line.trim().split(" +", -1))
                .filter(columns -> columns[3].equals("01"))
                .map(columns -> columns[1] + " " + columns[2])
                .collect(Collectors.toSet());
    }

    /** {@return the number of those ends} Both ends of a connection between nodes are on this host. */
    static int connections() {
        return ends().size();
    }

    /** Waits while nothing is to happen. */
    static void pass(Duration time) {
        CompletableFuture<Boolean> over = new CompletableFuture<>();
        loop.execute(() -> loop.wakeAt(loop.nanoTime() + time.toNanos(), () -> over.complete(true)));
        Await.result("a pause", over);
    }

    @AfterEach
    void closeNodes() {
        nodes.forEach(OverlayNode::close);
        identities.forEach(NodeIdentity::close);
        nodes.clear();
        identities.clear();
        Await.until("no socket", () -> TestNetwork.openSockets().isEmpty());
    }

    /** {@return a node that is closed after the test} */
    OverlayNode start(String name, UnaryOperator<OverlayConfig> settings) {
        return start(DOMAIN.open(name), settings);
    }

    /** {@return a node that is closed after the test, and its identity too} */
    OverlayNode start(NodeIdentity identity, UnaryOperator<OverlayConfig> settings) {
        identities.add(identity);
        OverlayNode node = OverlayNode.start(loopOfNodes(), identity, settings);
        nodes.add(node);
        return node;
    }
}
