package io.grasp.api;

import org.junit.jupiter.api.BeforeAll;

/** The contract on a real network. */
class NettyRegistrationTest extends RegistrationContractTest {
    @BeforeAll
    static void require() {
        NettyWorld.require();
    }

    @Override
    World newWorld() {
        return new NettyWorld();
    }
}
