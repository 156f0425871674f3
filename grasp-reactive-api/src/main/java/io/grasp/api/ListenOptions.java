package io.grasp.api;

import io.grasp.model.GraspException;
import io.grasp.observe.GraspObserver;
import io.grasp.substrate.Loop;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * How a listener calls its handler, as {@link Asa#listenNegotiate(io.grasp.model.Objective, Handler, ListenOptions)}
 * does. Immutable; start from {@link #DEFAULTS}.
 */
public final class ListenOptions {
    /** The default concurrency of the method; failures go only to the node's observer. */
    public static final ListenOptions DEFAULTS = new ListenOptions(OptionalInt.empty(), failure -> {});

    private final OptionalInt concurrency;
    private final Consumer<? super GraspException> onFailure;

    private ListenOptions(OptionalInt concurrency, Consumer<? super GraspException> onFailure) {
        this.concurrency = concurrency;
        this.onFailure = onFailure;
    }

    /**
     * These options with a maximum number of concurrent handlers. Further requests wait as they do without demand;
     * beyond that they are refused or dropped.
     *
     * @param handlers the maximum, at least 1
     * @return the changed options
     */
    public ListenOptions withConcurrency(int handlers) {
        if (handlers < 1) {
            throw new IllegalArgumentException("concurrency is " + handlers + ", must be at least 1");
        }
        return new ListenOptions(OptionalInt.of(handlers), onFailure);
    }

    /**
     * These options with a function that is called when a handler fails, after {@link GraspObserver#handlerFailed}. An
     * exception of it goes to the thread's uncaught exception handler; the listener continues.
     *
     * @param hook called on the loop with the failure, which names the session and the objective if known; it must not
     *     block. An error that the handler threw, or ended with, is itself a {@link GraspException} or the cause of one
     * @return the changed options
     */
    public ListenOptions withOnFailure(Consumer<? super GraspException> hook) {
        return new ListenOptions(concurrency, Objects.requireNonNull(hook, "hook"));
    }

    /** {@return these options with the hook called where an ASA expects its functions to be called} */
    ListenOptions withHookOn(Loop loop) {
        return new ListenOptions(
                concurrency,
                failure -> ScheduledLoop.run(loop, () -> AsaErrors.isolated(() -> onFailure.accept(failure))));
    }

    /** {@return the maximum number of concurrent handlers} */
    int concurrency(int standard) {
        return concurrency.orElse(standard);
    }

    Consumer<? super GraspException> onFailure() {
        return onFailure;
    }
}
