package io.grasp.substrate.sim;

import io.grasp.substrate.Loop;
import io.grasp.substrate.LoopFailure;
import io.grasp.substrate.sim.time.LoopTask;
import io.grasp.substrate.sim.time.LoopTimer;
import io.grasp.substrate.sim.time.Loops;
import io.grasp.util.TimerHeap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A loop with virtual time: it has no thread, and runs tasks and advances time only when it is stepped. A step runs the
 * ready tasks, first in first out; then time jumps to the earliest wakeup, and all wakeups that are due become ready,
 * in the order of their {@link #wakeAt} calls.
 *
 * <p>A task that throws stops neither the step nor the other tasks: when the step ends, it throws the first failure,
 * with the others as suppressed exceptions, except for one that {@link #onFailure} reports. A step that does not end is
 * stopped with an {@link IllegalStateException} after a number of tasks. Reactor's {@code block()} fails in a task.
 *
 * <p>{@link #execute} may be called from any thread. Steps are for one thread at a time, and not for tasks.
 */
public final class VirtualLoop implements Loop {
    /** The default maximum number of tasks in one step. */
    public static final int DEFAULT_MAX_TASKS = 10_000_000;

    private final long origin;
    private final int maxTasks;
    private final Queue<Runnable> ready = new ConcurrentLinkedQueue<>();
    private final TimerHeap<LoopTimer> waiting = new TimerHeap<>();
    private final AtomicReference<@Nullable Thread> runner = new AtomicReference<>();
    private final LoopFailure failure = new LoopFailure();
    private volatile long now;

    /** A loop whose clock begins at 0. */
    public VirtualLoop() {
        this(0, DEFAULT_MAX_TASKS);
    }

    /**
     * A loop with another clock or bound.
     *
     * @param origin the initial time of the clock, in nanoseconds; near {@code Long.MAX_VALUE} it soon overflows, as
     *     {@link System#nanoTime} may
     * @param maxTasks the maximum number of tasks in one step, above 0
     */
    public VirtualLoop(long origin, int maxTasks) {
        if (maxTasks <= 0) {
            throw new IllegalArgumentException("maxTasks " + maxTasks + " is not above 0");
        }
        this.origin = origin;
        this.now = origin;
        this.maxTasks = maxTasks;
    }

    @Override
    public void execute(Runnable task) {
        ready.add(Objects.requireNonNull(task, "task"));
    }

    @Override
    public long nanoTime() {
        return now;
    }

    /** {@inheritDoc} Any other caller is refused with an {@link IllegalStateException}: {@link #run} serves tests. */
    @Override
    public Wakeup wakeAt(long nanoTime, Runnable task) {
        Loops.requireInLoop(this);
        LoopTimer timer = new LoopTimer(task);
        if (nanoTime - now <= 0) {
            ready.add(timer);
        } else {
            waiting.arm(timer, nanoTime);
        }
        return () -> {
            Loops.requireInLoop(this);
            timer.cancel(waiting);
        };
    }

    @Override
    public boolean inLoop() {
        return runner.get() == Thread.currentThread();
    }

    /** {@return the time since the loop was created} */
    public Duration now() {
        return Duration.ofNanos(now - origin);
    }

    /** {@return the number of scheduled wakeups} */
    public int pendingWakeups() {
        return waiting.size();
    }

    /** Runs all ready tasks, and the tasks that they make ready; time does not advance. */
    public void runReady() {
        step(now, true, () -> false);
    }

    /**
     * Runs a task on the loop, and then all ready tasks.
     *
     * @param task the task
     */
    public void run(Runnable task) {
        execute(task);
        runReady();
    }

    /**
     * Runs a task on the loop, and then all ready tasks.
     *
     * @param task the task
     * @param <T> what it returns
     * @return what the task returned
     */
    public <T> T call(Supplier<T> task) {
        AtomicReference<@Nullable T> result = new AtomicReference<>();
        run(() -> result.set(task.get()));
        return Objects.requireNonNull(result.get(), "the task returned null");
    }

    /**
     * Advances time, and runs tasks as they become ready, each at its time.
     *
     * @param duration the time to advance
     */
    public void advance(Duration duration) {
        step(after(duration), true, () -> false);
    }

    /** Runs until no task is ready and no wakeup is scheduled. A periodic timer never becomes idle. */
    public void runUntilIdle() {
        step(now + Long.MAX_VALUE, false, () -> false);
    }

    /**
     * Runs until a condition holds, which is checked before each task, or until a time has passed.
     *
     * @param condition the condition
     * @param atMost the maximum time
     * @return whether the condition holds; if it does, only the time needed has passed
     */
    public boolean runUntil(BooleanSupplier condition, Duration atMost) {
        return step(after(atMost), true, condition);
    }

    private long after(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("cannot advance time by " + duration);
        }
        return now + duration.toNanos();
    }

    /** Runs everything up to the horizon, and optionally advances time to it, unless the condition holds first. */
    private boolean step(long horizon, boolean passTime, BooleanSupplier condition) {
        if (!runner.compareAndSet(null, Thread.currentThread())) {
            throw new IllegalStateException("the loop is running already");
        }
        List<Throwable> failures = new ArrayList<>();
        boolean met;
        try {
            met = runTasks(horizon, condition, failures);
            if (!met && passTime) {
                now = horizon;
                met = condition.getAsBoolean();
            }
        } finally {
            runner.set(null);
        }
        rethrow(failures);
        return met;
    }

    private boolean runTasks(long horizon, BooleanSupplier condition, List<Throwable> failures) {
        for (int tasks = 0; !condition.getAsBoolean(); ) {
            Runnable task = next(horizon);
            if (task == null) {
                return false;
            }
            attempt(task, failures);
            if (++tasks > maxTasks) {
                IllegalStateException endless =
                        new IllegalStateException("still running after " + maxTasks + " tasks, at " + now());
                failures.forEach(endless::addSuppressed);
                throw endless;
            }
        }
        return true;
    }

    private @Nullable Runnable next(long horizon) {
        LoopTimer first = waiting.first();
        if (ready.isEmpty() && first != null && first.nanoTime() - horizon <= 0) {
            now = first.nanoTime();
            // All that are due come before tasks that the first of them submits, which are submitted later.
            for (LoopTimer due = waiting.pollDue(now); due != null; due = waiting.pollDue(now)) {
                ready.add(due);
            }
        }
        return ready.poll();
    }

    private void attempt(Runnable task, List<Throwable> failures) {
        try {
            LoopTask.run(task);
        } catch (Throwable thrown) {
            if (thrown instanceof VirtualMachineError && failure.isObserved()) {
                failure.fail(thrown);
            } else {
                failures.add(thrown);
            }
        }
    }

    @Override
    public Wakeup onFailure(Consumer<? super Throwable> listener) {
        return failure.listen(listener);
    }

    private static void rethrow(List<Throwable> failures) {
        if (failures.isEmpty()) {
            return;
        }
        Throwable first = failures.get(0);
        failures.stream().skip(1).filter(other -> other != first).forEach(first::addSuppressed);
        if (first instanceof Error error) {
            throw error;
        }
        throw first instanceof RuntimeException failure ? failure : new IllegalStateException("a task failed", first);
    }
}
