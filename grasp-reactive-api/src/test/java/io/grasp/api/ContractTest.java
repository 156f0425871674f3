package io.grasp.api;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A contract that holds on every substrate. Each test ends with nothing left of its nodes. */
abstract class ContractTest {
    World world;

    abstract World newWorld();

    @BeforeEach
    void open() {
        world = newWorld();
    }

    @AfterEach
    void close() {
        world.close();
    }
}
