package io.grasp.api;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** What is tested on a real link alone. Each test ends with nothing left of its nodes. */
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
