package io.grasp.api;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract on a real network. */
class NettyRelayTest extends RelayContractTest {
    /** The address that a node on the loopback interface alone advertises: a relay passes on no loopback address. */
    private static final String STABLE = "fd6a:7261:73ff::1/128 dev lo";

    @BeforeAll
    static void addAddress() {
        NettyWorld.require();
        NettyWorld.ip("-6 address add " + STABLE + " nodad");
    }

    @AfterAll
    static void removeAddress() {
        NettyWorld.ip("-6 address delete " + STABLE);
    }

    @Override
    World newWorld() {
        return new NettyWorld();
    }
}
