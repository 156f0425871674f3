package io.grasp.substrate.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.security.Identity;
import io.grasp.substrate.Link;
import io.grasp.substrate.Loop;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateContractTest;
import io.grasp.substrate.netty.overlay.Identities;
import io.grasp.substrate.netty.overlay.OverlayConfig;
import io.grasp.substrate.netty.overlay.OverlaySubstrate;
import io.grasp.util.AddressText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The substrate's contract on TLS connections with streams: nodes of one host, each a neighbor of all earlier ones.
 */
@ExtendWith(NoLeaks.class)
class OverlayContractTest extends SubstrateContractTest {
    private static final Duration QUIET = Duration.ofMillis(20);
    private static final List<Identity> IDENTITIES = new ArrayList<>();
    private static NettyLoop loop;
    private static InetAddress address;

    private final List<OverlaySubstrate> substrates = new ArrayList<>();

    @BeforeAll
    static void open() throws Exception {
        TestNetwork.require();
        loop = NettyLoop.create();
        Identities domain = new Identities();
        Stream.of("one", "two", "three").forEach(name -> IDENTITIES.add(domain.open(name)));
        address = HostAddresses.read().beyondLinks().get(0).address();
    }

    @AfterAll
    static void close() {
        IDENTITIES.forEach(Identity::close);
        IDENTITIES.clear();
        if (loop != null) {
            CompletableFuture<Boolean> closed = new CompletableFuture<>();
            loop.close(failure -> closed.complete(true));
            Await.result("end of the loop", closed);
        }
    }

    @BeforeEach
    void forget() {
        substrates.clear();
    }

    @Override
    protected Loop loop() {
        return loop;
    }

    @Override
    protected Substrate newSubstrate() {
        String[] neighbors = substrates.stream()
                .map(Substrate::port)
                .filter(port -> port > 0)
                .map(port -> AddressText.of(new InetSocketAddress(address, port)))
                .toArray(String[]::new);
        OverlaySubstrate created =
                OverlaySubstrate.on(loop, config().withNeighbors(neighbors), IDENTITIES.get(substrates.size()));
        substrates.add(created);
        return created;
    }

    OverlayConfig config() {
        return OverlayConfig.defaults()
                .withPort(0)
                .withAddresses(address)
                .withMaxMessageBytes(300_000)
                .withMaxHandshakes(128, 128)
                .withQueueBytes(1 << 20)
                .withNeighborWait(Duration.ofSeconds(20))
                .withRetry(Duration.ofMillis(20), Duration.ofMillis(100))
                .withCloseTimeout(Duration.ofSeconds(1));
    }

    @Override
    protected int linksAmong(int nodesOnLink) {
        return nodesOnLink - 1;
    }

    @Override
    protected Link link(List<Link> all, Substrate peer) {
        String name =
                "peer:" + IDENTITIES.get(substrates.indexOf(peer)).status().nodeName();
        return all.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
    }

    @Override
    protected InetAddress address(Substrate substrate) {
        return address;
    }

    @Override
    protected void await(String what, BooleanSupplier condition) {
        Await.until(what, () -> {
            CompletableFuture<Boolean> holds = new CompletableFuture<>();
            loop.execute(() -> holds.complete(condition.getAsBoolean()));
            return Await.result("the loop", holds);
        });
    }

    @Override
    protected void settle() {
        CompletableFuture<Boolean> settled = new CompletableFuture<>();
        loop.execute(() -> loop.wakeAt(loop.nanoTime() + QUIET.toNanos(), () -> settled.complete(true)));
        Await.result("the loop's time", settled);
    }

    @Override
    protected void assertNothingLeft() {
        assertThat(TestNetwork.openSockets()).isEmpty();
    }
}
