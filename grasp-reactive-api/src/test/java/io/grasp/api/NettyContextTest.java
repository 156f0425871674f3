package io.grasp.api;

import org.junit.jupiter.api.BeforeAll;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The contract of the Reactor Context on a real network. */
class NettyContextTest extends ContextContractTest {
    @BeforeAll
    static void require() {
        NettyWorld.require();
    }

    @Override
    World newWorld() {
        return new NettyWorld();
    }

    @Override
    Scheduler elsewhere(Grasp node) {
        return Schedulers.parallel();
    }
}
