package io.grasp.api;

import io.grasp.substrate.Loop;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Exceptions;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** A node's loop, and its time, as a Reactor scheduler. The loop is the node's: disposing of this leaves it alone. */
final class LoopScheduler implements Scheduler {
    private final Loop loop;

    LoopScheduler(Loop loop) {
        this.loop = loop;
    }

    @Override
    public long now(TimeUnit unit) {
        return unit.convert(loop.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public Disposable schedule(Runnable task) {
        return schedule(task, 0, TimeUnit.NANOSECONDS);
    }

    @Override
    public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
        return new Task(task, unit.toNanos(delay), 0).begin();
    }

    @Override
    public Disposable schedulePeriodically(Runnable task, long initialDelay, long period, TimeUnit unit) {
        return new Task(task, unit.toNanos(initialDelay), unit.toNanos(period)).begin();
    }

    @Override
    public Worker createWorker() {
        return new LoopWorker();
    }

    /** A task that runs once, or again and again. */
    private final class Task implements Disposable {
        private final Runnable action;
        private final long delayNanos;
        private final long periodNanos;
        private final AtomicBoolean disposed = new AtomicBoolean();
        private @Nullable Runnable whenDone;
        private Loop.@Nullable Wakeup wakeup;
        private long due;

        Task(Runnable action, long delayNanos, long periodNanos) {
            this.action = Schedulers.onSchedule(action); // as Reactor's own do: it carries thread-locals along
            this.delayNanos = delayNanos;
            this.periodNanos = periodNanos;
        }

        Task begin() {
            try {
                loop.execute(this::arm);
            } catch (RejectedExecutionException e) {
                throw Exceptions.failWithRejected(e);
            }
            return this;
        }

        private void arm() {
            if (disposed.get()) {
                return;
            }
            if (delayNanos <= 0 && periodNanos == 0) {
                run();
            } else {
                due = loop.nanoTime() + Math.max(0, delayNanos);
                wakeup = loop.wakeAt(due, this::run);
            }
        }

        private void run() {
            if (disposed.get()) {
                return;
            }
            if (periodNanos == 0) {
                done();
            } else {
                due += periodNanos;
                wakeup = loop.wakeAt(due, this::run);
            }
            action.run();
        }

        private void done() {
            disposed.set(true);
            if (whenDone != null) {
                whenDone.run();
            }
        }

        @Override
        public void dispose() {
            if (disposed.compareAndSet(false, true)) {
                if (whenDone != null) {
                    whenDone.run();
                }
                try {
                    loop.execute(() -> {
                        if (wakeup != null) {
                            wakeup.cancel();
                        }
                    });
                } catch (RejectedExecutionException e) {
                    // the loop has ended, and no task of it will run
                }
            }
        }

        @Override
        public boolean isDisposed() {
            return disposed.get();
        }
    }

    /** Tasks that are disposed of together; the loop runs them in order as it is. */
    private final class LoopWorker implements Worker {
        private final Set<Task> tasks = ConcurrentHashMap.newKeySet();
        private volatile boolean disposed;

        @Override
        public Disposable schedule(Runnable task) {
            return begin(new Task(task, 0, 0));
        }

        @Override
        public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
            return begin(new Task(task, unit.toNanos(delay), 0));
        }

        @Override
        public Disposable schedulePeriodically(Runnable task, long initialDelay, long period, TimeUnit unit) {
            return begin(new Task(task, unit.toNanos(initialDelay), unit.toNanos(period)));
        }

        private Disposable begin(Task task) {
            if (disposed) {
                throw Exceptions.failWithRejected();
            }
            task.whenDone = () -> tasks.remove(task);
            tasks.add(task);
            return task.begin();
        }

        @Override
        public void dispose() {
            disposed = true;
            tasks.forEach(Task::dispose);
        }

        @Override
        public boolean isDisposed() {
            return disposed;
        }
    }
}
