package io.grasp.substrate.netty.acp;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.security.Identity;
import io.grasp.substrate.Loop;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateContractTest;
import io.grasp.substrate.netty.Await;
import io.grasp.substrate.netty.HostAddresses;
import io.grasp.substrate.netty.NettyLoop;
import io.grasp.substrate.netty.NoLeaks;
import io.grasp.substrate.netty.TestNetwork;
import io.grasp.substrate.netty.overlay.Identities;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The substrate's contract on an interface of an Autonomic Control Plane: nodes of one host, with one link-local and
 * one ACP address, and different ports. Each has all earlier ones as neighbors.
 */
@ExtendWith(NoLeaks.class)
@Tag("long")
class AcpContractTest extends SubstrateContractTest {
    private static final Duration QUIET = Duration.ofMillis(20);
    private static final List<Identity> IDENTITIES = new ArrayList<>();
    private static NettyLoop loop;
    private static InetAddress address;
    private static InetAddress linkLocal;

    private final List<AcpSubstrate> substrates = new ArrayList<>();

    @BeforeAll
    static void open() throws Exception {
        TestNetwork.require();
        loop = NettyLoop.create();
        Identities domain = new Identities();
        Stream.of("one", "two", "three").forEach(name -> IDENTITIES.add(domain.open(name)));
        address = HostAddresses.read().beyondLinks().get(0).address();
        linkLocal = HostInterfaces.read().identities(TestNetwork.LINK).get(0).linkLocalAddress();
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
        List<InetSocketAddress> earlier = substrates.stream()
                .map(Substrate::port)
                .filter(port -> port > 0)
                .map(port -> new InetSocketAddress(linkLocal, port))
                .toList();
        NeighborSource neighbors = (name, listener) -> {
            listener.present(earlier);
            return () -> {};
        };
        AcpSubstrate created =
                AcpSubstrate.on(loop, config().withNeighborSources(neighbors), IDENTITIES.get(substrates.size()));
        substrates.add(created);
        return created;
    }

    AcpConfig config() {
        return AcpConfig.on(TestNetwork.LINK)
                .withAddress(address)
                .withPort(0)
                .withMaxMessageBytes(400_000)
                .withQueueBytes(1 << 20)
                .withMaxHandshakes(128, 128)
                .withRetry(Duration.ofMillis(20), Duration.ofMillis(100))
                .withCloseTimeout(Duration.ofSeconds(1));
    }

    @Override
    protected boolean areNeighbors(List<Substrate> open) {
        return open.stream()
                .allMatch(each -> ((AcpSubstrate) each)
                                .neighbors().stream()
                                        .filter(AcpNeighbor::connected)
                                        .count()
                        == open.size() - 1);
    }

    @Override
    protected byte[] linkMessage(int size) {
        return AcpNeighborsTest.flood(size);
    }

    @Override
    protected boolean connectsToLinkLocalAddresses() {
        return false;
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
