package io.grasp.api;

import java.util.function.Consumer;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Handles errors of an ASA's own code. Reactor's operators do not pass a {@link LinkageError} or a
 * {@link StackOverflowError} to a subscriber but throw it to their caller, here the loop. So the affected subscriber
 * puts a receiver in its Context, where the loop finds it.
 */
final class AsaErrors {
    private AsaErrors() {}

    /**
     * Errors of the virtual machine end the node. A missing class, or a recursion that is too deep, affects only one
     * session, unless the recursion was interrupted while it called the engine, whose state may then be inconsistent.
     */
    static void rethrowIfFatal(Throwable thrown) {
        if (thrown instanceof VirtualMachineError error
                && !(thrown instanceof StackOverflowError overflow && !interruptedTheNode(overflow))) {
            throw error;
        }
    }

    /** Whether the innermost code of this project, at the time of the error, was the engine or what it calls. */
    private static boolean interruptedTheNode(StackOverflowError overflow) {
        for (StackTraceElement frame : overflow.getStackTrace()) {
            String name = frame.getClassName();
            if (name.startsWith("io.grasp.")) {
                return name.startsWith("io.grasp.engine.")
                        || name.startsWith("io.grasp.substrate.")
                        || name.startsWith("io.grasp.observe.");
            }
        }
        return false;
    }

    /** Runs an action whose failure must not affect anything else. */
    static void isolated(Runnable action) {
        try {
            action.run();
        } catch (Throwable e) {
            rethrowIfFatal(e);
            uncaught(e);
        }
    }

    /** {@return the context with a receiver of errors thrown to the loop; it is called on the loop} */
    static Context receivedBy(Consumer<Throwable> receiver, Context context) {
        return context.put(Receiver.class, new Receiver(receiver));
    }

    /** Passes a thrown error to its receiver, or if there is none, to the thread's handler. */
    static void report(ContextView context, Throwable thrown) {
        rethrowIfFatal(thrown);
        if (context.hasKey(Receiver.class)) {
            context.get(Receiver.class).consumer().accept(thrown);
        } else {
            uncaught(thrown);
        }
    }

    /** {@return the context of the operator to which a scheduler's task belongs, empty if there is none} */
    static ContextView contextOf(Runnable task) {
        if (task instanceof CoreSubscriber<?> operator) {
            return operator.currentContext();
        }
        Scannable operator = Scannable.from(task);
        return operator.isScanAvailable()
                        && operator.scanUnsafe(Scannable.Attr.ACTUAL) instanceof CoreSubscriber<?> next
                ? next.currentContext()
                : Context.empty();
    }

    private static void uncaught(Throwable thrown) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
    }

    private record Receiver(Consumer<Throwable> consumer) {}
}
