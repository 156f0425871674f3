package io.grasp.api;

import java.util.function.Consumer;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * What an ASA's own code throws. Reactor's operators give a {@link LinkageError} or a {@link StackOverflowError} to no
 * subscriber, but throw it at whatever called them, here the loop. So the subscriber that it concerns leaves a receiver
 * in its Context, where the loop finds it.
 */
final class AsaErrors {
    private AsaErrors() {}

    /** A class that is missing, or a recursion that is too deep, concerns one session alone. */
    static void rethrowIfFatal(Throwable thrown) {
        if (thrown instanceof VirtualMachineError error && !(thrown instanceof StackOverflowError)) {
            throw error;
        }
    }

    /** Does something whose failure must end nothing else. */
    static void isolated(Runnable action) {
        try {
            action.run();
        } catch (Throwable e) {
            rethrowIfFatal(e);
            uncaught(e);
        }
    }

    /** {@return the context, with a receiver of what is thrown at the loop; it is called on the loop} */
    static Context receivedBy(Consumer<Throwable> receiver, Context context) {
        return context.put(Receiver.class, new Receiver(receiver));
    }

    /** Gives what was thrown to its receiver, or else to the thread's handler. */
    static void report(ContextView context, Throwable thrown) {
        rethrowIfFatal(thrown);
        if (context.hasKey(Receiver.class)) {
            context.get(Receiver.class).consumer().accept(thrown);
        } else {
            uncaught(thrown);
        }
    }

    /** {@return the context of the operator that a scheduler's task is of, empty if it is of none} */
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

    static boolean hasReceiver(ContextView context) {
        return context.hasKey(Receiver.class);
    }

    private static void uncaught(Throwable thrown) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
    }

    private record Receiver(Consumer<Throwable> consumer) {}
}
