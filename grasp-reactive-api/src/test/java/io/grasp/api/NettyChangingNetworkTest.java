package io.grasp.api;

import org.junit.jupiter.api.BeforeAll;

/** The contract on a real network. */
class NettyChangingNetworkTest extends ChangingNetworkContractTest {
    @BeforeAll
    static void require() {
        NettyWorld.require();
    }

    @Override
    World newWorld() {
        return new NettyWorld();
    }
}
