package io.grasp.substrate.sim;

import io.grasp.substrate.Loop;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * A loop on one worker of a Reactor scheduler, for tests at virtual time: made inside the supplier of {@code
 * StepVerifier.withVirtualTime} from {@code Schedulers.parallel()}, it runs at that test's time.
 *
 * <p>The scheduler's clock is the loop's. Real schedulers show wall-clock time, which can be set; then time stands
 * still here rather than going back.
 */
public final class SchedulerLoop implements Loop, Disposable {
    private final Scheduler scheduler;
    private final Scheduler.Worker worker;
    private volatile @Nullable Thread running;
    private volatile long latest = Long.MIN_VALUE;

    /**
     * A loop on a worker of its own.
     *
     * @param scheduler the scheduler
     */
    public SchedulerLoop(Scheduler scheduler) {
        this.scheduler = scheduler;
        this.worker = scheduler.createWorker();
    }

    @Override
    public void execute(Runnable task) {
        worker.schedule(() -> run(task));
    }

    @Override
    public long nanoTime() {
        long now = Math.max(latest, scheduler.now(TimeUnit.NANOSECONDS));
        latest = now;
        return now;
    }

    @Override
    public Wakeup wakeAt(long nanoTime, Runnable task) {
        long delay = Math.max(0, nanoTime - nanoTime());
        Disposable scheduled = worker.schedule(() -> run(task), delay, TimeUnit.NANOSECONDS);
        return scheduled::dispose;
    }

    @Override
    public boolean inLoop() {
        return Thread.currentThread().equals(running);
    }

    /** Gives the worker back; tasks that have not run never will. */
    @Override
    public void dispose() {
        worker.dispose();
    }

    @Override
    public boolean isDisposed() {
        return worker.isDisposed();
    }

    private void run(Runnable task) {
        Thread before = running;
        running = Thread.currentThread();
        try {
            task.run();
        } finally {
            running = before;
        }
    }
}
