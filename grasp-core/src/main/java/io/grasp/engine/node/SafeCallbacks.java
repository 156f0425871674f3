package io.grasp.engine.node;

/** Calls code of others, whose exceptions must not stop what is being done. */
public final class SafeCallbacks {
    private SafeCallbacks() {}

    /** What the action throws is reported to the thread's uncaught exception handler. */
    public static void run(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
        }
    }
}
