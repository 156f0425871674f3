package io.grasp.api;

import io.grasp.substrate.sim.LinkKind;

/** The contract of negotiation on a simulated link of kind Datagram. */
class SimDatagramRawChannelTest extends RawChannelContractTest {
    @Override
    World newWorld() {
        return new SimWorld(LinkKind.DATAGRAM);
    }
}
