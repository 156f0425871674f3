package io.grasp.substrate.sim;

import java.time.Duration;

/** The contract, with streams cut into small pieces. */
class SimChunkedContractTest extends SimContractTest {
    SimChunkedContractTest() {
        super(LinkKind.STREAM, Duration.ofMillis(5));
        network.chunkSize(100);
    }
}
