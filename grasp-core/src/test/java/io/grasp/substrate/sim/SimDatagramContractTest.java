package io.grasp.substrate.sim;

import java.time.Duration;

/** The contract, on a link that carries datagrams. */
class SimDatagramContractTest extends SimContractTest {
    SimDatagramContractTest() {
        super(LinkKind.DATAGRAM, Duration.ofMillis(5));
    }
}
