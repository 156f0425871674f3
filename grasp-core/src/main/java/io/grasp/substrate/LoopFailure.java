package io.grasp.substrate;

import io.grasp.util.IntrusiveList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The failure of a {@link Loop}, for its implementations. All calls are on the loop. Except for {@link #listen}, it
 * allocates nothing, because the error may be an {@link OutOfMemoryError}.
 */
public final class LoopFailure {
    private final IntrusiveList<Consumer<? super Throwable>> listeners = new IntrusiveList<>();
    private @Nullable Throwable error;

    /** Creates a failure that has not happened. */
    public LoopFailure() {}

    /**
     * Adds a listener, see {@link Loop#onFailure}.
     *
     * @param listener receives the error; at once if the loop has failed
     * @return removes the listener
     */
    public Loop.Wakeup listen(Consumer<? super Throwable> listener) {
        IntrusiveList.Node<Consumer<? super Throwable>> place = listeners.add(listener);
        Throwable known = error;
        if (known != null) {
            place.leave();
            notify(listener, known);
        }
        return place::leave;
    }

    /** {@return whether {@link #fail} reports an error, or the loop has failed already} */
    public boolean isObserved() {
        return error != null || listeners.size() > 0;
    }

    /** {@return the error, or {@code null} if the loop has not failed} */
    public @Nullable Throwable error() {
        return error;
    }

    /**
     * Notifies all listeners, of the first error only. Called from outside of all tasks.
     *
     * @param first the error
     */
    public void fail(Throwable first) {
        if (error != null) {
            return;
        }
        error = first;
        for (IntrusiveList.Node<Consumer<? super Throwable>> node = listeners.first();
                node != null;
                node = listeners.first()) {
            node.leave();
            notify(node.value(), first);
        }
    }

    /** A second error, perhaps also for lack of memory, must not keep the others from being notified. */
    private static void notify(Consumer<? super Throwable> listener, Throwable error) {
        try {
            listener.accept(error);
        } catch (Throwable another) {
            // the first error is the one that is reported
        }
    }
}
