package io.grasp.api;

import io.grasp.substrate.sim.LinkKind;

/** The contract where everything comes byte by byte. */
class SimChunkedMessageSizeTest extends MessageSizeContractTest {
    @Override
    World newWorld() {
        SimWorld world = new SimWorld(LinkKind.DATAGRAM);
        world.network.chunkSize(1);
        return world;
    }
}
