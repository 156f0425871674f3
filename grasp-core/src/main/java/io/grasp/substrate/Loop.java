package io.grasp.substrate;

import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The event loop of a node, and its only source of time. All engine state is confined to it: the substrate calls the
 * engine on this loop only, and the engine calls the substrate on it only.
 *
 * <p>Implementations MUST run tasks one at a time, in the order in which they were given, and MUST NOT run them
 * inside {@link #execute} or {@link #wakeAt}.
 */
public interface Loop extends Executor {
    /**
     * Runs a task on the loop, soon. May be called from any thread.
     *
     * @param task what to run
     * @throws java.util.concurrent.RejectedExecutionException if the loop has been shut down
     */
    @Override
    void execute(Runnable task);

    /**
     * The loop's time. It never goes back; only differences between two values are meaningful.
     *
     * @return nanoseconds since an arbitrary origin
     */
    long nanoTime();

    /**
     * The time up to which all received input has been delivered. A timeout has expired when this time is past it, not
     * when {@link #nanoTime} is: after a pause of the process, input that arrived in the meantime may not have been
     * delivered yet. Called on the loop.
     *
     * @return a time on this loop's clock, never later than {@link #nanoTime}
     */
    default long deliveredUntil() {
        return nanoTime();
    }

    /**
     * Runs a task on the loop at a given time. Called on the loop.
     *
     * @param nanoTime the time on this loop's clock; a time in the past means soon. {@link #deliveredUntil} has reached
     *     it when the task runs.
     * @param task what to run
     * @return a handle that stops the task from running
     */
    Wakeup wakeAt(long nanoTime, Runnable task);

    /**
     * Adds a listener for the failure of this loop. A loop fails when an {@link Error} escapes from a task, such as an
     * {@link OutOfMemoryError}: state that the task was changing may be inconsistent, so everything on the loop must
     * end. Exceptions are not failures. The loop MUST call each listener once, on the loop and from outside of all
     * tasks; it MUST run the tasks submitted until then and during the calls, and a loop with a thread of its own MUST
     * then end as if it was closed. A simulated loop fails only because of a {@link VirtualMachineError}; it passes
     * other errors, such as those of a test's assertions, to the code that runs it. Called on the loop.
     *
     * @param listener receives the error; memory may be short. If the loop has failed, it is called at once
     * @return removes the listener
     */
    Wakeup onFailure(Consumer<? super Throwable> listener);

    /** {@return whether the calling thread is now running this loop} */
    boolean inLoop();

    /** A scheduled task. */
    interface Wakeup {
        /**
         * Prevents the task from running, unless it has already run. Called on the loop; calling it again does nothing.
         */
        void cancel();
    }
}
