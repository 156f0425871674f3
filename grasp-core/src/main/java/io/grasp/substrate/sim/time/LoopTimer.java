package io.grasp.substrate.sim.time;

import io.grasp.util.TimerHeap;
import java.util.Objects;

/** A task that waits for its time, or for its turn when the time has come. */
public final class LoopTimer extends TimerHeap.Timer implements Runnable {
    private final Runnable task;
    private boolean cancelled;

    public LoopTimer(Runnable task) {
        this.task = Objects.requireNonNull(task, "task");
    }

    /** Stops the task from running, also in its turn. */
    public void cancel(TimerHeap<LoopTimer> waiting) {
        waiting.cancel(this);
        cancelled = true;
    }

    @Override
    public void run() {
        if (!cancelled) {
            task.run();
        }
    }
}
