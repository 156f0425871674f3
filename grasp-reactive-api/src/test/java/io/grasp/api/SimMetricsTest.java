package io.grasp.api;

import io.grasp.substrate.sim.LinkKind;

/** The contract on a simulated link, at virtual time. */
class SimMetricsTest extends MetricsContractTest {
    @Override
    World newWorld() {
        return new SimWorld(LinkKind.DATAGRAM);
    }
}
