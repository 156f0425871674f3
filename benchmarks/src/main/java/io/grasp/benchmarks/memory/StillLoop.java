package io.grasp.benchmarks.memory;

import io.grasp.substrate.Loop;
import java.util.ArrayDeque;
import java.util.Queue;

/** A loop whose tasks run when it is told so, on the thread that tells it. Time passes by a nanosecond a turn: no wake-up comes. */
public final class StillLoop implements Loop {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final Wakeup never = () -> {};
    private long now;

    /** A loop with nothing to do. */
    public StillLoop() {}

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public Wakeup wakeAt(long nanoTime, Runnable task) {
        return never;
    }

    @Override
    public boolean inLoop() {
        return true;
    }

    /** Runs the tasks given so far, and what they give. */
    public void run() {
        now++;
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /**
     * Lets time pass at once; no wake-up comes.
     *
     * @param nanos how much
     */
    public void pass(long nanos) {
        now += nanos;
    }
}
