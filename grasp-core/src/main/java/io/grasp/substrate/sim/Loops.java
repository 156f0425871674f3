package io.grasp.substrate.sim;

import io.grasp.substrate.Loop;

/** What the SPI asks of its callers, checked: a simulation is where their mistakes should come out. */
final class Loops {
    private Loops() {}

    static void requireInLoop(Loop loop) {
        if (!loop.inLoop()) {
            throw new IllegalStateException("not called on the loop, but on " + Thread.currentThread());
        }
    }
}
