package io.grasp.engine.node;

/** Calls foreign code, whose exceptions must not affect the caller. */
public final class SafeCallbacks {
    private SafeCallbacks() {}

    /** Runs an action; an exception goes to the thread's uncaught exception handler. */
    public static void run(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
    }
}
