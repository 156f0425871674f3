package io.grasp.host;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.NonBlocking;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The thread of one ASA, on which everything that the ASA does happens, one task at a time. What escapes from a task
 * stays here; an error of the virtual machine is reported. Reactor's {@code block} fails on it, because the signal
 * that it would wait for comes on the same thread.
 */
final class AsaThread {
    private static final int SHOWN_FRAMES = 3;
    private static final List<String> NOT_OF_ASAS =
            List.of("java.", "javax.", "jdk.", "sun.", "reactor.", "io.grasp.api.");

    private final Scheduler scheduler;
    private final @Nullable Tasks tasks;

    private AsaThread(Scheduler scheduler, @Nullable Tasks tasks) {
        this.scheduler = scheduler;
        this.tasks = tasks;
    }

    /**
     * A thread, which begins with the first task.
     *
     * @param name its name
     * @param code finds the classes and services of the ASA
     * @param most the number of waiting tasks from which it has too many
     * @param overloaded called once when it has too many, on the thread that adds a task
     * @param fatal receives an error of the virtual machine, on the thread
     * @param uncaught receives what else escapes from tasks, on the thread
     */
    static AsaThread start(
            String name,
            ClassLoader code,
            int most,
            Runnable overloaded,
            Consumer<? super VirtualMachineError> fatal,
            Consumer<Throwable> uncaught) {
        Tasks tasks = new Tasks(name, code, most, overloaded, thrown -> {
            Throwable escaped = Exceptions.unwrap(thrown);
            if (escaped instanceof VirtualMachineError error && isFatal(error)) {
                fatal.accept(error);
            } else {
                uncaught.accept(escaped);
            }
        });
        return new AsaThread(Schedulers.fromExecutorService(tasks, name), tasks);
    }

    /** {@return whether nothing can be relied on any more after what code of an ASA has thrown} */
    static boolean isFatal(Throwable thrown) {
        return thrown instanceof VirtualMachineError && !(thrown instanceof StackOverflowError);
    }

    /** The thread of a scheduler that others use as well, and that is not watched. */
    static AsaThread shared(Scheduler scheduler) {
        return new AsaThread(scheduler, null);
    }

    Scheduler scheduler() {
        return scheduler;
    }

    /** {@return where the last functions of the ASA are called when the loop may have ended} */
    Scheduler withoutLoop() {
        return tasks == null ? Schedulers.immediate() : scheduler;
    }

    /** {@return for how long the current task has been running; zero if there is none} */
    Duration busy() {
        return tasks == null ? Duration.ZERO : tasks.busy();
    }

    /** {@return where the current task is, in one line} */
    String place() {
        return tasks == null ? "" : tasks.place();
    }

    /** {@return what it has done so far} */
    HostedAsaInfo.Work work() {
        return tasks == null ? HostedAsaInfo.Work.NONE : tasks.work();
    }

    /** {@return how many bytes the thread has allocated, if the virtual machine knows it} */
    OptionalLong allocated() {
        return tasks == null || tasks.thread == null ? OptionalLong.empty() : Allocation.of(tasks.thread);
    }

    /** Drops the tasks that wait, and interrupts the current one. The thread goes on with later tasks. */
    void interrupt() {
        if (tasks != null) {
            tasks.interrupt();
        }
    }

    /**
     * Ends the thread soon: waiting tasks are dropped, and the current one is interrupted. Not on the caller's thread,
     * because it may have to wait for a lock.
     */
    void close() {
        if (tasks != null) {
            Schedulers.boundedElastic().schedule(() -> {
                tasks.shutdownNow();
                scheduler.dispose();
            });
        }
    }

    /** {@return whether the thread has not ended, perhaps because a task does not} */
    boolean isAlive() {
        return tasks != null && !tasks.isTerminated();
    }

    /** {@return completes, on any thread, when the thread has ended after {@link #close}} */
    Mono<Void> ended() {
        return tasks == null ? Mono.empty() : tasks.ended.asMono();
    }

    private static final class HostedThread extends Thread implements NonBlocking {
        HostedThread(Runnable task, String name, ClassLoader code, Consumer<Throwable> uncaught) {
            super(task, name);
            setDaemon(true);
            setContextClassLoader(code);
            setUncaughtExceptionHandler((thread, failure) -> uncaught.accept(failure));
        }
    }

    private static final class Tasks extends ScheduledThreadPoolExecutor {
        private final int most;
        private final Runnable overloaded;
        private final AtomicBoolean isOverloaded = new AtomicBoolean();
        private final Consumer<Throwable> escaped;
        private volatile @Nullable Thread thread;
        private volatile boolean running;
        private volatile long since;
        /** The tasks in the queue; asking the queue would lock it. */
        private final AtomicInteger waiting = new AtomicInteger();

        private final Sinks.Empty<Void> ended = Sinks.empty();
        private final LongAdder finished = new LongAdder();
        private final LongAdder busyNanos = new LongAdder();

        /** @param escaped receives what escapes from tasks: Reactor passes it to the thread's handler, or throws it */
        Tasks(String name, ClassLoader code, int most, Runnable overloaded, Consumer<Throwable> escaped) {
            super(1, task -> new HostedThread(task, name, code, escaped));
            this.most = most;
            this.overloaded = overloaded;
            this.escaped = escaped;
            setRemoveOnCancelPolicy(true);
        }

        Duration busy() {
            long from = since;
            return running ? Duration.ofNanos(Math.max(0, System.nanoTime() - from)) : Duration.ZERO;
        }

        HostedAsaInfo.Work work() {
            return new HostedAsaInfo.Work(
                    finished.sum(), Duration.ofNanos(busyNanos.sum()), Math.max(0, waiting.get()), busy());
        }

        /** Accepts the task in any case, because the signal that it carries must not get lost without an end. */
        @Override
        protected <V> RunnableScheduledFuture<V> decorateTask(Callable<V> task, RunnableScheduledFuture<V> scheduled) {
            added();
            return scheduled;
        }

        @Override
        protected <V> RunnableScheduledFuture<V> decorateTask(Runnable task, RunnableScheduledFuture<V> scheduled) {
            added();
            return scheduled;
        }

        private void added() {
            if (waiting.incrementAndGet() > most && isOverloaded.compareAndSet(false, true)) {
                overloaded.run();
            }
        }

        /** A task was cancelled. */
        @Override
        public boolean remove(Runnable task) {
            boolean removed = super.remove(task);
            if (removed) {
                waiting.decrementAndGet();
            }
            return removed;
        }

        void interrupt() {
            for (Runnable task : getQueue().toArray(new Runnable[0])) {
                remove(task);
            }
            Thread current = thread;
            if (running && current != null) {
                current.interrupt();
            }
        }

        String place() {
            Thread current = thread;
            StackTraceElement[] frames = current == null ? new StackTraceElement[0] : current.getStackTrace();
            return String.join(
                    ", called by ",
                    Stream.concat(
                                    Arrays.stream(frames).limit(1),
                                    Arrays.stream(frames).skip(1).filter(Tasks::isOfAsa))
                            .limit(SHOWN_FRAMES)
                            .map(Tasks::text)
                            .toList());
        }

        private static boolean isOfAsa(StackTraceElement frame) {
            return NOT_OF_ASAS.stream().noneMatch(frame.getClassName()::startsWith);
        }

        private static String text(StackTraceElement frame) {
            return frame.getClassName() + "." + frame.getMethodName() + " (" + frame.getFileName() + ", line "
                    + frame.getLineNumber() + ")";
        }

        @Override
        protected void terminated() {
            ended.tryEmitEmpty();
        }

        @Override
        protected void beforeExecute(Thread worker, Runnable task) {
            waiting.decrementAndGet();
            thread = worker;
            since = System.nanoTime();
            running = true;
        }

        @Override
        protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
            running = false;
            finished.increment();
            busyNanos.add(System.nanoTime() - since);
            if (task instanceof RunnableScheduledFuture<?> again && again.isPeriodic() && !again.isDone()) {
                waiting.incrementAndGet(); // it is in the queue again
            }
            if (thrown == null && task instanceof Future<?> future && future.isDone()) {
                try {
                    future.get();
                } catch (ExecutionException e) {
                    escaped.accept(e.getCause());
                } catch (CancellationException | InterruptedException e) {
                    // the task was cancelled, or the thread is to end
                }
            }
        }
    }

    /** Loaded only if the module {@code jdk.management} is present. */
    private static final class Allocation {
        static OptionalLong of(Thread thread) {
            try {
                return Beans.of(thread.getId());
            } catch (LinkageError absent) {
                return OptionalLong.empty();
            }
        }

        private static final class Beans {
            static OptionalLong of(long id) {
                if (ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean threads
                        && threads.isThreadAllocatedMemorySupported()
                        && threads.isThreadAllocatedMemoryEnabled()) {
                    long bytes = threads.getThreadAllocatedBytes(id);
                    return bytes < 0 ? OptionalLong.empty() : OptionalLong.of(bytes);
                }
                return OptionalLong.empty();
            }
        }
    }
}
