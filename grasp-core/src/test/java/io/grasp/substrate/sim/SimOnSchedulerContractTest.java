package io.grasp.substrate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.substrate.Loop;
import io.grasp.substrate.Substrate;
import io.grasp.substrate.SubstrateContractTest;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The contract, on a simulated network that runs on a scheduler at virtual time. */
class SimOnSchedulerContractTest extends SubstrateContractTest {
    private static final Duration STEP = Duration.ofMillis(1);
    private static final int STEPS = 60_000;

    private final VirtualTimeScheduler scheduler = VirtualTimeScheduler.create();
    private final SchedulerLoop loop = new SchedulerLoop(scheduler, failure -> {
        throw new AssertionError("a task failed", failure);
    });
    private final SimNetwork network = SimNetwork.create(loop, 1);
    private final SimLink link = network.link("lan", LinkKind.DATAGRAM, Duration.ofMillis(5));
    private int nodes;

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
        for (int i = 0; i < STEPS && !condition.getAsBoolean(); i++) {
            scheduler.advanceTimeBy(STEP);
        }
        assertThat(condition.getAsBoolean()).as(what).isTrue();
    }

    @Override
    protected void settle() {
        scheduler.advanceTimeBy(Duration.ofSeconds(1));
    }

    @Override
    protected void assertNothingLeft() {
        assertThat(network.openConnections()).isZero();
        assertThat(network.pendingDeliveries()).isZero();
        loop.dispose();
    }
}
