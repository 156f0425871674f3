package io.grasp.api;

import io.grasp.substrate.sim.LinkKind;

/** The contract of handlers at virtual time. */
class SimHandlersTest extends HandlersContractTest {
    @Override
    World newWorld() {
        return new SimWorld(LinkKind.DATAGRAM);
    }
}
