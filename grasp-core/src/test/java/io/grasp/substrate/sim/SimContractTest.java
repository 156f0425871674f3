package io.grasp.substrate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.substrate.Loop;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateContractTest;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** The contract, on a link of a simulated network. */
abstract class SimContractTest extends SubstrateContractTest {
    private final VirtualLoop loop = new VirtualLoop(Long.MAX_VALUE - 1_000_000, 100_000);
    private final SimLink link;
    private int nodes;
    final SimNetwork network = SimNetwork.create(loop, 1);

    SimContractTest(LinkKind kind, Duration delay) {
        link = network.link("lan", kind, delay);
    }

    @Override
    protected Loop loop() {
        return loop;
    }

    @Override
    protected Substrate newSubstrate() {
        SimNode node = network.node("node" + ++nodes);
        network.connect(node, link);
        return node;
    }

    @Override
    protected void await(String what, BooleanSupplier condition) {
        assertThat(loop.runUntil(condition, Duration.ofMinutes(1))).as(what).isTrue();
    }

    @Override
    protected int moreBytesThanAreKept() {
        return 300_000;
    }

    @Override
    protected void settle() {
        loop.runUntilIdle();
    }

    @Override
    protected void assertNothingLeft() {
        assertThat(network.openConnections()).as("open connections").isZero();
        assertThat(network.pendingDeliveries()).as("pending deliveries").isZero();
        assertThat(loop.pendingWakeups()).as("pending wakeups").isZero();
    }
}
