package io.grasp.substrate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.substrate.Loop;
import io.grasp.substrate.LoopContractTest;
import java.time.Duration;
import java.util.function.BooleanSupplier;

class VirtualLoopContractTest extends LoopContractTest {
    private final VirtualLoop loop = new VirtualLoop();

    @Override
    protected Loop loop() {
        return loop;
    }

    @Override
    protected void await(String what, BooleanSupplier condition) {
        assertThat(loop.runUntil(condition, Duration.ofMinutes(1))).as(what).isTrue();
    }
}
