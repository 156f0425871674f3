package io.grasp.api;

import org.junit.jupiter.api.BeforeAll;

/** The contract of the scheduler on a real network. */
class NettySchedulerTest extends SchedulerContractTest {
    @BeforeAll
    static void require() {
        NettyWorld.require();
    }

    @Override
    World newWorld() {
        return new NettyWorld();
    }
}
