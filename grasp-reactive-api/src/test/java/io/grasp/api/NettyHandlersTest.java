package io.grasp.api;

import org.junit.jupiter.api.BeforeAll;

/** The contract of handlers on a real network. */
class NettyHandlersTest extends HandlersContractTest {
    @BeforeAll
    static void require() {
        NettyWorld.require();
    }

    @Override
    World newWorld() {
        return new NettyWorld();
    }
}
