package io.grasp.neighbors;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.api.Grasp;
import io.grasp.api.GraspConfig;
import io.grasp.model.GraspException;
import io.grasp.model.LinkInfo;
import io.grasp.observe.GraspObserver;
import io.grasp.security.Identity;
import io.grasp.substrate.netty.Await;
import io.grasp.substrate.netty.NettyConfig;
import io.grasp.substrate.netty.TestNetwork;
import io.grasp.substrate.netty.overlay.Identities;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes at both ends of a real link find each other, and connect by TLS. */
class NettyDullNeighborSourceTest {
    private static final Duration BOUND = Duration.ofSeconds(20);

    private final Identities domain = new Identities();
    private final List<AutoCloseable> open = new ArrayList<>();
    private long loops;

    /** A node, and what its observer is notified of. */
    private static final class Node implements GraspObserver {
        private final List<String> links = new CopyOnWriteArrayList<>();
        private final List<Throwable> failures = new CopyOnWriteArrayList<>();

        @Override
        public void linkUp(LinkInfo link) {
            links.add(link.name());
        }

        @Override
        public void linkFailed(String link, Throwable cause) {
            if (link.startsWith("finding neighbors on ")) {
                failures.add(cause);
            }
        }
    }

    @BeforeEach
    void require() {
        TestNetwork.require();
        loops = loops();
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        Await.until("the end of all loops", () -> loops() <= loops);
    }

    private static long loops() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(each -> each.getName().startsWith("grasp-loop"))
                .count();
    }

    private Node start(String name, DullNeighborSource source) {
        Identity identity = domain.open(name);
        Node node = new Node();
        OverlayConfig overlay = OverlayConfig.defaults().withPort(0).withNeighborSource(source);
        Grasp grasp = Grasp.start(
                        GraspConfig.defaults().withOverlay(overlay, identity).withObserver(node))
                .block(BOUND);
        open.add(0, identity);
        open.add(0, grasp);
        return node;
    }

    private static DullNeighborSource on(String link) {
        return on(link, 0);
    }

    private static DullNeighborSource on(String link, int port) {
        NettyConfig network =
                NettyConfig.dull(link).withPort(port).withAwaitLinks(true).withInterfacePoll(Duration.ofMillis(20));
        return DullNeighborSource.on(link)
                .withRetry(Duration.ofMillis(20))
                .withInstance(dull -> dull.withNetwork(network));
    }

    @Test
    void nodesFindEachOther() {
        Node one = start("one", DullNeighborSource.on(TestNetwork.LINK));
        Node two = start("two", DullNeighborSource.on(TestNetwork.OTHER_END));

        Await.until("a link, not " + one.failures + two.failures, () -> one.links.contains("peer:+two@example.com"));
        Await.until("a link", () -> two.links.contains("peer:+one@example.com"));
        assertThat(one.failures).isEmpty();
    }

    @Test
    void anInterfaceThatComesLaterIsAwaited() {
        Node one = start("one", on("late0"));
        Await.until("a report", () -> !one.failures.isEmpty());
        assertThat(one.failures).singleElement().asString().contains("there is no interface late0");
        Node two = start("two", on("late1"));
        try {
            TestNetwork.ip("link add late0 type veth peer name late1");
            for (String end : List.of("late0", "late1")) {
                TestNetwork.ip("link set " + end + " addrgenmode none");
                TestNetwork.ip("link set " + end + " up");
                TestNetwork.addAddress("fe80::" + end.substring(4), end);
            }

            Await.until("a link, not " + one.failures, () -> one.links.contains("peer:+two@example.com"));
        } finally {
            TestNetwork.ip("link delete late0");
        }
    }

    @Test
    void aPortInUseIsReportedAndTriedAgain() throws IOException {
        Node two = start("two", on(TestNetwork.OTHER_END));
        Node one;
        try (ServerSocket busy = new ServerSocket()) {
            busy.bind(new InetSocketAddress("::", 0));
            one = start("one", on(TestNetwork.LINK, busy.getLocalPort()));
            Await.until("reports", () -> one.failures.size() > 1);
            assertThat(one.failures)
                    .allSatisfy(each -> assertThat(each)
                            .isInstanceOf(GraspException.class)
                            .hasCauseInstanceOf(BindException.class));
        }
        Await.until("a link", () -> one.links.contains("peer:+two@example.com"));
        assertThat(two.links).isNotEmpty();
    }
}
