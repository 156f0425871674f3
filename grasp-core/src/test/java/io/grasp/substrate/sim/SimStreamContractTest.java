package io.grasp.substrate.sim;

import java.time.Duration;

/** The contract, on a link made of streams. */
class SimStreamContractTest extends SimContractTest {
    SimStreamContractTest() {
        super(LinkKind.STREAM, Duration.ofMillis(5));
    }
}
