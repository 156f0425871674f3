package io.grasp.substrate.sim;

import io.grasp.substrate.Loop;
import io.grasp.substrate.LoopFailure;
import io.grasp.substrate.sim.time.LoopTask;
import io.grasp.substrate.sim.time.LoopTimer;
import io.grasp.substrate.sim.time.Loops;
import io.grasp.util.TimerHeap;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/**
 * A loop on one worker of a Reactor scheduler, at the scheduler's time. Its purpose is
 * {@code StepVerifier.withVirtualTime}: made inside the supplier, from {@code Schedulers.parallel()} or any other of
 * the shared ones, it runs at the verifier's time. Any scheduler works whose workers run one task at a time and never
 * inside the call that submits it; {@code Schedulers.immediate()} does not.
 *
 * <p>The clock of a real scheduler is usually the wall clock. This loop ignores its backward steps: its time stops for
 * that moment, then continues. A forward step advances this clock too, but does not affect waiting tasks.
 *
 * <p>A virtual-time scheduler that is not running runs a task inside an {@link #execute} that is called from outside
 * the loop: for the caller it is as if another thread had run the task quickly.
 */
public final class SchedulerLoop implements Loop, Disposable {
    private final Scheduler scheduler;
    private final Scheduler.Worker worker;
    private final Consumer<Throwable> failures;
    private final AtomicReference<Reading> clock;
    private final Queue<Runnable> ready = new ConcurrentLinkedQueue<>();
    private final TimerHeap<LoopTimer> waiting = new TimerHeap<>();
    private final LoopFailure failure = new LoopFailure();
    private volatile @Nullable Thread runner;

    /**
     * Creates a loop that passes the exceptions of its tasks to the thread's uncaught exception handler.
     *
     * @param scheduler the scheduler of its worker
     */
    public SchedulerLoop(Scheduler scheduler) {
        this(scheduler, SchedulerLoop::uncaught);
    }

    /**
     * Creates a loop.
     *
     * @param scheduler the scheduler of its worker
     * @param failures receives, on the loop, the exceptions of tasks; other tasks are not affected
     */
    public SchedulerLoop(Scheduler scheduler, Consumer<Throwable> failures) {
        this.scheduler = scheduler;
        this.worker = scheduler.createWorker();
        this.failures = Objects.requireNonNull(failures, "failures");
        this.clock = new AtomicReference<>(new Reading(scheduler.now(TimeUnit.NANOSECONDS), 0));
    }

    @Override
    public void execute(Runnable task) {
        requireOpen();
        ready.add(Objects.requireNonNull(task, "task"));
        worker.schedule(() -> run(this::runNext));
    }

    @Override
    public long nanoTime() {
        return clock.updateAndGet(last -> last.next(scheduler.now(TimeUnit.NANOSECONDS))).time;
    }

    /** {@inheritDoc} Any other caller is refused with an {@link IllegalStateException}. */
    @Override
    public Wakeup wakeAt(long nanoTime, Runnable task) {
        requireOpen();
        Loops.requireInLoop(this);
        long now = nanoTime();
        LoopTimer timer = new LoopTimer(task);
        waiting.arm(timer, nanoTime - now > 0 ? nanoTime : now);
        Disposable.Swap scheduled = Disposables.swap();
        arm(timer, scheduled);
        return () -> {
            timer.cancel(waiting);
            scheduled.dispose();
        };
    }

    private void arm(LoopTimer timer, Disposable.Swap scheduled) {
        long delay = timer.nanoTime() - nanoTime();
        Runnable signal = () -> run(() -> fire(timer, scheduled));
        // A delay of 0 is not the same as no delay: a virtual-time scheduler runs tasks without a delay first.
        scheduled.replace(delay > 0 ? worker.schedule(signal, delay, TimeUnit.NANOSECONDS) : worker.schedule(signal));
    }

    /**
     * Runs the timer and all that are due before it, or continues to wait: schedulers wait more precisely than their
     * clocks show, so signals may come too early and in the wrong order.
     */
    private void fire(LoopTimer timer, Disposable.Swap scheduled) {
        for (LoopTimer due = nextDue(timer); due != null; due = nextDue(timer)) {
            attempt(due);
        }
        if (waiting.contains(timer) && !worker.isDisposed()) {
            arm(timer, scheduled);
        }
    }

    private @Nullable LoopTimer nextDue(LoopTimer last) {
        LoopTimer first = waiting.first();
        boolean turn = first != null && !last.isBefore(first) && !worker.isDisposed();
        return turn ? waiting.pollDue(nanoTime()) : null;
    }

    /**
     * Each signal of the worker runs one task. The order of the tasks is kept here and does not depend on the order of
     * the signals.
     */
    private void runNext() {
        Runnable next = ready.poll();
        if (next != null) {
            attempt(next);
        }
    }

    @Override
    public boolean inLoop() {
        return runner == Thread.currentThread();
    }

    /** Disposes the worker, not the scheduler. Pending tasks will not run, and further tasks are rejected. */
    @Override
    public void dispose() {
        worker.dispose();
    }

    @Override
    public boolean isDisposed() {
        return worker.isDisposed();
    }

    private void requireOpen() {
        if (worker.isDisposed()) {
            throw new RejectedExecutionException("the loop has been disposed");
        }
    }

    private void run(Runnable part) {
        runner = Thread.currentThread();
        try {
            part.run();
        } finally {
            runner = null;
        }
    }

    /** An exception of a task must not reach the scheduler: a virtual-time scheduler would never run again. */
    private void attempt(Runnable task) {
        try {
            LoopTask.run(task);
        } catch (Throwable thrown) {
            if (thrown instanceof VirtualMachineError && failure.isObserved()) {
                failure.fail(thrown);
            } else {
                failures.accept(thrown);
            }
        }
    }

    @Override
    public Wakeup onFailure(Consumer<? super Throwable> listener) {
        return failure.listen(listener);
    }

    private static void uncaught(Throwable failure) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
    }

    /** The last reading of the scheduler's clock, and the loop's time at that moment. */
    private record Reading(long shown, long time) {
        Reading next(long nowShown) {
            return nowShown == shown ? this : new Reading(nowShown, time + Math.max(0, nowShown - shown));
        }
    }
}
