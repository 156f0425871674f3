package io.grasp.substrate.sim.time;

import io.grasp.substrate.Loop;

/** Checks the SPI's requirements on its callers, so that simulations reveal violations. */
public final class Loops {
    private Loops() {}

    public static void requireInLoop(Loop loop) {
        if (!loop.inLoop()) {
            throw new IllegalStateException("not called on the loop, but on " + Thread.currentThread());
        }
    }

    /** Runs a task at once if called on the loop, otherwise as soon as the loop runs. */
    public static void onLoop(Loop loop, Runnable task) {
        if (loop.inLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }
}
