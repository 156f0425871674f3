package io.grasp.api;

import io.grasp.model.GraspException;
import io.grasp.observe.GraspObserver;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * How a listener calls its handler, as {@link Asa#listenNegotiate(io.grasp.model.Objective, Handler, ListenOptions)} does. Immutable; start from {@link #DEFAULTS}.
 */
public final class ListenOptions {
    /**
     * As many handlers at once as the method's own default says, and failures go to the node's observer alone.
     */
    public static final ListenOptions DEFAULTS = new ListenOptions(OptionalInt.empty(), failure -> {});

    private final OptionalInt concurrency;
    private final Consumer<? super GraspException> onFailure;

    private ListenOptions(OptionalInt concurrency, Consumer<? super GraspException> onFailure) {
        this.concurrency = concurrency;
        this.onFailure = onFailure;
    }

    /**
     * These options with a bound for the handlers that are under way at once. Further requests wait as they do without
     * demand, and are refused or dropped beyond that.
     *
     * @param handlers how many, at least 1
     * @return the changed options
     */
    public ListenOptions withConcurrency(int handlers) {
        if (handlers < 1) {
            throw new IllegalArgumentException("concurrency " + handlers + " is not at least 1");
        }
        return new ListenOptions(OptionalInt.of(handlers), onFailure);
    }

    /**
     * These options with a function that is called when a handler fails, after {@link GraspObserver#handlerFailed}.
     * What it throws is reported to the thread's uncaught exception handler; the listener goes on.
     *
     * @param hook called on the loop with the failure, which names the session and the objective where there are such;
     *     it must not block. An error that the handler threw, or ended with, is itself a {@link GraspException} or the
     *     cause of one
     * @return the changed options
     */
    public ListenOptions withOnFailure(Consumer<? super GraspException> hook) {
        return new ListenOptions(concurrency, Objects.requireNonNull(hook, "hook"));
    }

    /** {@return how many handlers at once} */
    int concurrency(int standard) {
        return concurrency.orElse(standard);
    }

    Consumer<? super GraspException> onFailure() {
        return onFailure;
    }
}
