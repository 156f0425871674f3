package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.substrate.Completion;
import io.grasp.substrate.netty.overlay.NeighborSource;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** What an overlay offers the searches for its neighbors, and how it ends them. */
class OverlaySearchTest extends OverlayTest {
    private final CompletableFuture<NeighborSource.Neighbors> source = new CompletableFuture<>();
    private final List<Completion> ending = new CopyOnWriteArrayList<>();

    private NeighborSource.Search search(NeighborSource.Neighbors neighbors) {
        source.complete(neighbors);
        return ended -> ended.done(null);
    }

    @Test
    void theCloseWaitsForTheEndOfAllSearches() {
        OverlayNode node = start(
                "node",
                config -> config.withNeighborSource(neighbors -> ending::add)
                        .withNeighborSource(neighbors -> ending::add)
                        .withCloseTimeout(Duration.ofMinutes(1)));
        CompletableFuture<Void> closed = CompletableFuture.runAsync(node::close);
        Await.until("the end", () -> ending.size() == 2);

        ending.get(0).done(null);
        ending.get(0).done(null);
        assertThat(node.onLoop(closed::isDone)).isFalse();
        ending.get(1).done(new IOException("a search may fail"));
        Await.result("the close", closed);
    }

    @Test
    void theCloseWaitsNoLongerThanItsTimeout() {
        OverlayNode node = start(
                "node",
                config -> config.withNeighborSource(neighbors -> ending::add)
                        .withNeighborSource(neighbors -> ended -> {
                            throw new IllegalStateException("expected by this test");
                        })
                        .withCloseTimeout(Duration.ofMillis(20)));
        node.close();

        assertThat(ending).hasSize(1);
        ending.get(0).done(null); // too late, and harmless
    }

    @Test
    void aSearchGetsThePortAtAddressesOfTheNodeOnly() throws IOException {
        OverlayNode node = start("node", config -> config.withNeighborSource(this::search));
        NeighborSource.Neighbors neighbors = Await.result("a source", source);

        assertThat(neighbors.portAt(OverlayNode.HOST)).hasValue(node.port());
        assertThat(neighbors.portAt(InetAddress.getByName("fe80::1"))).isEmpty();
    }

    @Test
    void aSearchGetsThePortAtEachAddressOfANodeThatAcceptsConnectionsEverywhere() throws IOException {
        OverlayNode node = start("node", config -> config.withAddresses().withNeighborSource(this::search));
        NeighborSource.Neighbors neighbors = Await.result("a source", source);

        assertThat(neighbors.portAt(InetAddress.getByName("fe80::1"))).hasValue(node.port());
    }

    @Test
    void aSearchGetsNoPortWhileTheCertificateCannotBeUsed() {
        SwitchedIdentity identity = new SwitchedIdentity(DOMAIN.open("node"));
        OverlayNode node = start(identity.good(false), config -> config.withNeighborSource(this::search));
        NeighborSource.Neighbors neighbors = Await.result("a source", source);
        assertThat(neighbors.portAt(OverlayNode.HOST)).isEmpty();

        identity.good(true);
        Await.until("a port", () -> neighbors.portAt(OverlayNode.HOST).isPresent());
        assertThat(node.failures).isEmpty();
    }

    @Test
    void aFailureOfASearchIsReportedAsThatOfALink() {
        OverlayNode node = start("node", config -> config.withNeighborSource(this::search));
        IOException failure = new IOException("no socket");
        Await.result("a source", source).failed("finding neighbors on eth0", failure);

        Await.until("a failure", () -> node.failures.contains(failure));
    }
}
