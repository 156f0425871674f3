package io.grasp.benchmarks.memory;

import io.grasp.substrate.Loop;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * A loop whose tasks run when {@link #run} is called, on the caller's thread. Time advances by a nanosecond per turn,
 * so no wake-up is due.
 */
public final class ManualLoop implements Loop {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final Wakeup never = () -> {};
    private long now;

    /** Creates a loop without tasks. */
    public ManualLoop() {}

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

    /** {@inheritDoc} This loop never fails: an error of a task reaches the caller of {@link #run}. */
    @Override
    public Wakeup onFailure(Consumer<? super Throwable> listener) {
        return never;
    }

    @Override
    public boolean inLoop() {
        return true;
    }

    /** Runs the submitted tasks, and the tasks that these submit. */
    public void run() {
        now++;
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /**
     * Advances time; runs no wake-up.
     *
     * @param nanos the time in nanoseconds
     */
    public void pass(long nanos) {
        now += nanos;
    }
}
