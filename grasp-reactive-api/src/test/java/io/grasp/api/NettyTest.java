package io.grasp.api;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** Tests that need a real link. At the end of each test no resource of its nodes remains. */
abstract class NettyTest {
    NettyWorld world;

    @BeforeAll
    static void require() {
        NettyWorld.require();
    }

    @BeforeEach
    void open() {
        world = new NettyWorld();
    }

    @AfterEach
    void close() {
        world.close();
    }
}
