package io.grasp.substrate.sim;

import io.grasp.substrate.Loop;
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
 * A loop on one worker of a Reactor scheduler, at the scheduler's time. Its purpose is {@code
 * StepVerifier.withVirtualTime}: made inside the supplier, from {@code Schedulers.parallel()} or any other of the
 * shared ones, it runs at the verifier's time. Any scheduler serves whose workers run one task at a time and not
 * at once: not {@code Schedulers.immediate()}.
 *
 * <p>The clock of a real scheduler is usually the wall clock. A step back of it is left out here: time stands still
 * for that moment, then goes on. A step forward moves this clock too, but not the tasks that wait.
 *
 * <p>A virtual-time scheduler that is not running runs a task inside the {@link #execute} that comes from elsewhere:
 * for that caller it is as if another thread had been quick.
 */
public final class SchedulerLoop implements Loop, Disposable {
    private final Scheduler scheduler;
    private final Scheduler.Worker worker;
    private final Consumer<Throwable> failures;
    private final AtomicReference<Reading> clock;
    private final Queue<Runnable> ready = new ConcurrentLinkedQueue<>();
    private final TimerHeap<LoopTimer> waiting = new TimerHeap<>();
    private volatile @Nullable Thread runner;

    /**
     * A loop that hands what its tasks throw to the thread's uncaught exception handler.
     *
     * @param scheduler what it takes a worker from
     */
    public SchedulerLoop(Scheduler scheduler) {
        this(scheduler, SchedulerLoop::uncaught);
    }

    /**
     * A loop.
     *
     * @param scheduler what it takes a worker from
     * @param failures told, on the loop, what tasks throw; other tasks are not affected
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
        // A delay of 0 is not the same as none: a virtual-time scheduler lets what has none go first.
        scheduled.replace(delay > 0 ? worker.schedule(signal, delay, TimeUnit.NANOSECONDS) : worker.schedule(signal));
    }

    /**
     * Runs the timer and what should have come before it, or waits on: what schedulers wait by is finer than the clock
     * that they show, so signals may come too early and in the wrong order.
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

    /** Each signal of the worker runs one task. Their order is kept here: it does not depend on that of the signals. */
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

    /** Gives the worker back, not the scheduler. What has not run will not; more tasks are rejected. */
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

    /** What a task throws must not reach the scheduler: a virtual-time scheduler would never run again. */
    private void attempt(Runnable task) {
        try {
            task.run();
        } catch (Throwable failure) {
            failures.accept(failure);
        }
    }

    private static void uncaught(Throwable failure) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
    }

    /** What the scheduler's clock showed last, and which time of the loop that was. */
    private record Reading(long shown, long time) {
        Reading next(long nowShown) {
            return nowShown == shown ? this : new Reading(nowShown, time + Math.max(0, nowShown - shown));
        }
    }
}
