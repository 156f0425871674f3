package io.grasp.substrate.sim;

import io.grasp.substrate.Loop;
import io.grasp.substrate.sim.time.Loops;
import org.jspecify.annotations.Nullable;

/** A timer of the network itself, which may also be cancelled while the loop does not run. */
final class NetworkTimer implements Runnable, Loop.Wakeup {
    private final SimNetwork network;
    private final Runnable task;
    private boolean over;
    private Loop.@Nullable Wakeup wakeup;

    NetworkTimer(SimNetwork network, Runnable task) {
        this.network = network;
        this.task = task;
    }

    void arm(long nanoTime) {
        wakeup = network.loop().wakeAt(nanoTime, this);
    }

    @Override
    public void run() {
        if (!over) {
            over = true;
            network.delivered();
            task.run();
        }
    }

    @Override
    public void cancel() {
        if (!over) {
            over = true;
            network.delivered();
            Loop.Wakeup armed = wakeup;
            if (armed != null) {
                Loops.onLoop(network.loop(), armed::cancel);
            }
        }
    }
}
