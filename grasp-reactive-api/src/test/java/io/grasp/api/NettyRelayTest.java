package io.grasp.api;

import org.junit.jupiter.api.BeforeAll;

/** The contract on a real network. */
class NettyRelayTest extends RelayContractTest {
    @BeforeAll
    static void require() {
        NettyWorld.require();
    }

    @Override
    World newWorld() {
        return new NettyWorld();
    }
}
