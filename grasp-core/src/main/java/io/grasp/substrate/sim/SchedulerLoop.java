package io.grasp.substrate.sim;

import io.grasp.substrate.Loop;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * A loop on one worker of a Reactor scheduler, at the scheduler's time. Its purpose is {@code
 * StepVerifier.withVirtualTime}: made inside the supplier, from {@code Schedulers.parallel()} or any other of the
 * shared ones, it runs at the verifier's time. Any scheduler serves whose workers run one task at a time, in order and
 * not at once: not {@code Schedulers.immediate()}.
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
        worker.schedule(() -> run(task));
    }

    @Override
    public long nanoTime() {
        return clock.updateAndGet(last -> last.next(scheduler.now(TimeUnit.NANOSECONDS))).time;
    }

    @Override
    public Wakeup wakeAt(long nanoTime, Runnable task) {
        requireOpen();
        Timer timer = new Timer(nanoTime, task);
        timer.arm();
        return timer;
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

    /** What a task throws must not reach the scheduler: a virtual-time scheduler would never run again. */
    private void run(Runnable task) {
        runner = Thread.currentThread();
        try {
            task.run();
        } catch (Throwable failure) {
            failures.accept(failure);
        } finally {
            runner = null;
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

    private final class Timer implements Wakeup {
        private final long nanoTime;
        private final Runnable task;
        private @Nullable Disposable scheduled;
        private boolean done;

        Timer(long nanoTime, Runnable task) {
            this.nanoTime = nanoTime;
            this.task = task;
        }

        void arm() {
            long delay = nanoTime - nanoTime();
            scheduled = delay > 0
                    ? worker.schedule(() -> run(this::fire), delay, TimeUnit.NANOSECONDS)
                    : worker.schedule(() -> run(this::fire));
        }

        /** Waits on if it comes too early: what schedulers wait by is finer than the clock that they show. */
        private void fire() {
            if (done) {
                return;
            }
            if (nanoTime - nanoTime() > 0) {
                arm();
            } else {
                done = true;
                task.run();
            }
        }

        @Override
        public void cancel() {
            done = true;
            if (scheduled != null) {
                scheduled.dispose();
            }
        }
    }
}
