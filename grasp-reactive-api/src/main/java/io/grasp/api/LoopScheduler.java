package io.grasp.api;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.substrate.Loop;
import io.grasp.util.LazySet;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Exceptions;
import reactor.core.Scannable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A node's loop, and its time, as a Reactor scheduler. The node owns the loop: disposing this has no effect on it. When
 * the node is closed, nothing waits for a delay any more; tasks without a delay run as long as the loop does, because
 * they carry the last signals.
 */
final class LoopScheduler implements Scheduler {
    /**
     * Reactor's operators that wait only for a scheduler, by {@link Scannable#stepName}. Reactor cannot notify them
     * that a scheduler has ended while they wait, so they are cancelled and their subscriber receives the error.
     */
    private static final Set<String> WAITING_OPERATORS = Set.of("interval", "delay", "delayElement");

    private static final String REACTORS_OPERATORS = "reactor.core.publisher.";

    /**
     * How long a call that submits a task takes at most, with a wide margin. The task must not run earlier on another
     * thread: bufferTimeout schedules its flush before it adds the first element.
     */
    private static final Duration SUBMITTING = Duration.ofMillis(50);

    private final Loop loop;
    /** The waiting tasks, in the order in which they began to wait. */
    private final Set<Task> waiting = new LazySet<>();

    private volatile boolean closed;

    LoopScheduler(Loop loop) {
        this.loop = loop;
    }

    static GraspException nodeClosed() {
        return GraspException.local(GraspErrorCode.UNSPECIFIED, "the node is closed");
    }

    /** Ends all waiting tasks, the earliest first. Called on the loop; calling it again does nothing. */
    void close() {
        closed = true;
        List<Task> ended = List.copyOf(waiting);
        waiting.clear();
        ended.stream()
                .sorted((one, other) -> Long.signum(one.due - other.due))
                .forEach(task -> AsaErrors.isolated(task::end));
    }

    @Override
    public boolean isDisposed() {
        return closed;
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

    /**
     * A task that runs once or periodically. A close ends the waiting tasks: those of Reactor's operators run a last
     * time or fail their subscriber, others are dropped.
     *
     * <pre>
     *  begin --&gt; SUBMITTED --&gt; WAITING --&gt; runs --&gt; DONE
     *                |           ^  |        |
     *                |           '--+--------' periodic
     *                |              '-- close, task of an operator --&gt; LAST --&gt; runs --&gt; DONE
     *                '-- no delay --&gt; runs --&gt; DONE       (until the call that submits it has returned)
     *
     *  DONE is also reached by dispose from each state, and by a refusal from SUBMITTED.
     * </pre>
     */
    private final class Task implements Disposable {
        private final Runnable origin;
        private final Runnable action;
        private final long delayNanos;
        private final long periodNanos;
        private final AtomicBoolean disposed = new AtomicBoolean();
        private @Nullable Runnable whenDone;
        private Loop.@Nullable Wakeup wakeup;
        private long due;
        /** The time until which the call that submits this task may take, if that call is not on the loop. */
        private volatile long submittedBy;

        Task(Runnable action, long delayNanos, long periodNanos) {
            this.origin = action;
            this.action = Schedulers.onSchedule(action); // like Reactor's own schedulers: it propagates thread-locals
            this.delayNanos = delayNanos;
            this.periodNanos = periodNanos;
        }

        private boolean isImmediate() {
            return delayNanos <= 0 && periodNanos == 0;
        }

        Task begin() {
            submittedBy = loop.nanoTime() + (loop.inLoop() ? 0 : SUBMITTING.toNanos());
            if (closed && !isImmediate() && !isReactors()) {
                refuse(nodeClosed());
                return this;
            }
            try {
                loop.execute(this::arm);
            } catch (RejectedExecutionException e) {
                refuse(nodeClosed().causedBy(e));
            }
            return this;
        }

        /** Refuses a task: the node is closed or, for a task without a delay, its loop has ended. */
        private void refuse(GraspException reason) {
            if (failOperator(reason)) {
                return;
            }
            if (isImmediate() && isReactors()) {
                done();
                action.run(); // on the caller's thread, so that the last signals are not lost
            } else if (isReactors()) {
                runWithoutLoop();
            } else {
                done();
                throw Exceptions.failWithRejected(reason);
            }
        }

        private void arm() {
            if (disposed.get()) {
                return;
            }
            if (isImmediate()) {
                run();
                return;
            }
            due = loop.nanoTime() + Math.max(0, delayNanos);
            if (closed) {
                end();
            } else {
                await();
            }
        }

        private void await() {
            wakeup = loop.wakeAt(due, this::run);
            waiting.add(this);
        }

        private void run() {
            waiting.remove(this);
            if (disposed.get()) {
                return;
            }
            if (periodNanos == 0) {
                done();
            } else {
                due += periodNanos;
                await();
            }
            act();
        }

        private void act() {
            try {
                action.run();
            } catch (Throwable e) {
                AsaErrors.report(AsaErrors.contextOf(origin), e);
            }
        }

        /** The node is being closed. Only Reactor's operators have subscribers that must be notified. */
        private void end() {
            if (wakeup != null) {
                wakeup.cancel();
            }
            if (disposed.get() || failOperator(nodeClosed())) {
                return;
            }
            if (!isReactors()) {
                done();
            } else if (submittedBy - loop.nanoTime() <= 0) {
                runLast();
            } else {
                wakeup = loop.wakeAt(submittedBy, this::runLast);
                runWithoutLoop();
            }
        }

        private void runLast() {
            if (!disposed.get()) {
                done();
                act();
            }
        }

        /** Makes the task run even if the loop ends before the time that it waits for. */
        private void runWithoutLoop() {
            Schedulers.single()
                    .schedule(
                            () -> {
                                if (!disposed.get()) {
                                    try {
                                        loop.execute(this::runLast);
                                    } catch (RejectedExecutionException e) {
                                        runLast();
                                    }
                                }
                            },
                            SUBMITTING.toMillis(),
                            TimeUnit.MILLISECONDS);
        }

        private boolean isReactors() {
            return origin.getClass().getName().startsWith(REACTORS_OPERATORS);
        }

        /** {@return whether this was the task of a waiting operator, which has now failed} */
        private boolean failOperator(GraspException reason) {
            Scannable operator = Scannable.from(origin);
            if (!isReactors()
                    || !operator.isScanAvailable()
                    || !WAITING_OPERATORS.contains(operator.stepName())
                    || !(operator.scanUnsafe(Scannable.Attr.ACTUAL) instanceof CoreSubscriber<?> subscriber)
                    || !(origin instanceof Subscription subscription)) {
                return false;
            }
            done();
            if (!operator.scanOrDefault(Scannable.Attr.CANCELLED, false)) {
                subscription.cancel();
                subscriber.onError(reason);
            }
            return true;
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
                        waiting.remove(this);
                        if (wakeup != null) {
                            wakeup.cancel();
                        }
                    });
                } catch (RejectedExecutionException e) {
                    // the loop has ended, and runs no more tasks
                }
            }
        }

        @Override
        public boolean isDisposed() {
            return disposed.get();
        }
    }

    /** Tasks that are disposed together; the loop itself runs them in order. */
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
