package io.grasp.api;

import io.grasp.substrate.sim.LinkKind;

/** The contract of negotiation on a simulated link of kind Stream. */
class SimStreamRawChannelTest extends RawChannelContractTest {
    @Override
    World newWorld() {
        return new SimWorld(LinkKind.STREAM);
    }
}
