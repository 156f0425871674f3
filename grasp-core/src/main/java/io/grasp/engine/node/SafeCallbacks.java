package io.grasp.engine.node;

/** Calls foreign code, whose exceptions must not affect the caller. */
public final class SafeCallbacks {
    private SafeCallbacks() {}

    /**
     * Runs an action; an exception goes to the thread's uncaught exception handler, and so does an error that is not
     * one of the virtual machine. Those end the node.
     */
    public static void run(Runnable action) {
        try {
            action.run();
        } catch (VirtualMachineError fatal) {
            throw fatal;
        } catch (Throwable e) {
            report(e);
        }
    }

    /** Passes a failure of foreign code to the thread's uncaught exception handler. */
    public static void report(Throwable failure) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
    }
}
