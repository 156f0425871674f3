package io.grasp.api;

import io.grasp.substrate.sim.LinkKind;

/** The contract of the scheduler at virtual time. */
class SimSchedulerTest extends SchedulerContractTest {
    @Override
    World newWorld() {
        return new SimWorld(LinkKind.DATAGRAM);
    }
}
