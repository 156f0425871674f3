package io.grasp.substrate.sim;

import java.time.Duration;

/** The contract, without any delay. */
class SimNoDelayContractTest extends SimContractTest {
    SimNoDelayContractTest() {
        super(LinkKind.DATAGRAM, Duration.ZERO);
    }
}
