package io.grasp.substrate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.substrate.Loop;
import io.grasp.substrate.LoopContractTest;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Nested;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The contract of every loop, for a node's view of the network's loop. */
class NodeLoopContractTest {
    abstract static class OnVirtualLoop extends LoopContractTest {
        private final VirtualLoop base = new VirtualLoop(Long.MAX_VALUE - 1_000_000, 100_000);
        private final SimNode node = SimNetwork.create(base, 1).node("node");

        OnVirtualLoop(Duration offset, double rate) {
            node.setClock(offset, rate);
        }

        @Override
        protected Loop loop() {
            return node.loop();
        }

        @Override
        protected void await(String what, BooleanSupplier condition) {
            assertThat(base.runUntil(condition, Duration.ofMinutes(1))).as(what).isTrue();
        }
    }

    @Nested
    class WithATrueClock extends OnVirtualLoop {
        WithATrueClock() {
            super(Duration.ZERO, 1);
        }
    }

    @Nested
    class WithAFastClock extends OnVirtualLoop {
        WithAFastClock() {
            super(Duration.ofSeconds(5), 1.7);
        }
    }

    @Nested
    class WithASlowClock extends OnVirtualLoop {
        WithASlowClock() {
            super(Duration.ofSeconds(-5), 0.3);
        }
    }

    @Nested
    class OnSchedulerLoop extends LoopContractTest {
        private final VirtualTimeScheduler scheduler = VirtualTimeScheduler.create();
        private final SimNode node =
                SimNetwork.create(new SchedulerLoop(scheduler), 1).node("node");

        @Override
        protected Loop loop() {
            return node.loop();
        }

        @Override
        protected void await(String what, BooleanSupplier condition) {
            for (int i = 0; i < 1000 && !condition.getAsBoolean(); i++) {
                scheduler.advanceTimeBy(Duration.ofMillis(1));
            }
            assertThat(condition.getAsBoolean()).as(what).isTrue();
        }
    }
}
