package io.grasp.substrate.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.grasp.substrate.Loop;
import io.grasp.substrate.LoopContractTest;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

class SchedulerLoopContractTest {
    @Nested
    class AtVirtualTime extends LoopContractTest {
        private final VirtualTimeScheduler scheduler = VirtualTimeScheduler.create();
        private final SchedulerLoop loop = new SchedulerLoop(scheduler);

        @Override
        protected Loop loop() {
            return loop;
        }

        @Override
        protected void await(String what, BooleanSupplier condition) {
            for (int i = 0; i < 1000 && !condition.getAsBoolean(); i++) {
                scheduler.advanceTimeBy(Duration.ofMillis(1));
            }
            assertThat(condition.getAsBoolean()).as(what).isTrue();
        }
    }

    @Nested
    class AtRealTime extends LoopContractTest {
        private final Scheduler scheduler = Schedulers.newSingle("loop", true);
        private final SchedulerLoop loop = new SchedulerLoop(scheduler);

        @Override
        protected Loop loop() {
            return loop;
        }

        @Override
        protected void await(String what, BooleanSupplier condition) {
            long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
            while (!condition.getAsBoolean() && System.nanoTime() - deadline < 0) {
                Thread.onSpinWait();
            }
            assertThat(condition.getAsBoolean()).as(what).isTrue();
        }

        @AfterEach
        void dispose() {
            loop.dispose();
            scheduler.dispose();
        }
    }
}
