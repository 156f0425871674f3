package io.grasp.substrate.sim.time;

import java.util.function.Predicate;
import reactor.core.scheduler.Schedulers;

/**
 * Runs the tasks of a simulated loop on the thread that steps it. Meanwhile Reactor's {@code block()} fails, as it does
 * on the event loop of a real network: that thread alone can advance time, so it would wait for ever.
 */
public final class LoopTask {
    static {
        Schedulers.registerNonBlockingThreadPredicate(new RunsTask());
    }

    private LoopTask() {}

    /** Runs a task. */
    public static void run(Runnable task) {
        task.run();
    }

    /**
     * Whether the calling thread runs a task. Reactor asks this only before it blocks, and a stack needs no memory that
     * all simulations of a process would share.
     */
    private static final class RunsTask implements Predicate<Thread> {
        private final StackWalker stack = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

        @Override
        public boolean test(Thread thread) {
            return thread == Thread.currentThread()
                    && stack.walk(frames -> frames.anyMatch(frame -> frame.getDeclaringClass() == LoopTask.class));
        }
    }
}
