package io.grasp.api;

import io.grasp.substrate.sim.LinkKind;
import reactor.core.scheduler.Scheduler;

/** The contract of the Reactor Context at virtual time. */
class SimContextTest extends ContextContractTest {
    @Override
    World newWorld() {
        return new SimWorld(LinkKind.DATAGRAM);
    }

    @Override
    Scheduler elsewhere(Grasp node) {
        return node.scheduler();
    }
}
