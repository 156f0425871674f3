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

    /** Runs a task at once if on the loop, else as soon as the loop runs. */
    static void onLoop(Loop loop, Runnable task) {
        if (loop.inLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }
}
