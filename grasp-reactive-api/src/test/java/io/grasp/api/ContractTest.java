package io.grasp.api;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

/**
 * A contract that holds on each of several substrates, which a subclass names. At the end of each test no resource of its nodes remains.
 */
@ExtendWith(NamesSubstrate.class)
abstract class ContractTest {
    @Parameter
    TestSubstrate substrate;

    World world;

    @BeforeParameterizedClassInvocation
    static void require(TestSubstrate substrate) {
        substrate.require();
    }

    @BeforeEach
    void open() {
        world = substrate.open();
    }

    @AfterEach
    void close() {
        world.close();
    }
}
