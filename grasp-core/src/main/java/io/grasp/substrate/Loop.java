package io.grasp.substrate;

import java.util.concurrent.Executor;

/**
 * The one event loop of a node, and its only source of time. All engine state is confined to it: every call of the
 * substrate into the engine is made on it, and every call of the engine into the substrate too.
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
     * The loop's time. It never goes back; only differences mean something.
     *
     * @return nanoseconds since an arbitrary origin
     */
    long nanoTime();

    /**
     * Until when everything that has come in has also been delivered. A time to wait for something is over when this
     * is past it, and not when {@link #nanoTime} is: after a pause of the process, input that arrived meanwhile has
     * not been delivered yet. Called on the loop.
     *
     * @return a time on this loop's clock, never later than {@link #nanoTime}
     */
    default long deliveredUntil() {
        return nanoTime();
    }

    /**
     * Runs a task on the loop when its time has come. Called on the loop.
     *
     * @param nanoTime when, on this loop's clock; a time that has passed means soon. {@link #deliveredUntil} has
     *     reached it when the task runs.
     * @param task what to run
     * @return a handle that stops the task from running
     */
    Wakeup wakeAt(long nanoTime, Runnable task);

    /** {@return whether the calling thread is now running this loop} */
    boolean inLoop();

    /** A task that waits for its time. */
    interface Wakeup {
        /** Stops the task from running, if it has not run. Called on the loop; calling it again does nothing. */
        void cancel();
    }
}
