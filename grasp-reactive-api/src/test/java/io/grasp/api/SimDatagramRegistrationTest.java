package io.grasp.api;

import io.grasp.substrate.sim.LinkKind;

/** The contract on a simulated link of kind Datagram. */
class SimDatagramRegistrationTest extends RegistrationContractTest {
    @Override
    World newWorld() {
        return new SimWorld(LinkKind.DATAGRAM);
    }
}
