package io.grasp.api;

import io.grasp.config.Limits;
import io.grasp.engine.EngineAsa;
import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.substrate.Loop;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Shared by all calls of an ASA.
 *
 * @param loop the node's loop, for steps that the ASA does not see
 * @param signals the same loop, or a {@link ScheduledLoop}: for signals to the ASA, and for its functions
 * @param time the node's loop as a scheduler
 * @param onHandlerFailure notified, on the loop, of failures of handlers, after the node's observer
 */
record AsaContext(
        EngineAsa engine,
        Loop loop,
        Loop signals,
        Limits limits,
        Scheduler time,
        Consumer<? super GraspException> onHandlerFailure) {
    /** Calls of an ASA that has chosen neither a scheduler nor a function for failures. */
    AsaContext(EngineAsa engine, Loop loop, Limits limits, Scheduler time) {
        this(engine, loop, loop, limits, time, failure -> {});
    }

    /** {@return the timeout of a request, by default GRASP_DEF_TIMEOUT} */
    Duration timeout(RequestOptions options) {
        return options.timeoutOr(engine.operationTimeout());
    }

    /** Runs an action on the loop, at once if this is the loop. It is dropped if the loop has ended. */
    void onLoop(Runnable action) {
        if (loop.inLoop()) {
            action.run();
            return;
        }
        try {
            loop.execute(action);
        } catch (RejectedExecutionException e) {
            // nothing observes the node any more
        }
    }

    /** {@return another ASA of the engine, with signals and failures as in this context} */
    AsaContext with(EngineAsa other) {
        return new AsaContext(other, loop, signals, limits, time, onHandlerFailure);
    }

    /** {@return this context with signals on a scheduler} */
    AsaContext on(Scheduler scheduler) {
        return new AsaContext(engine, loop, new ScheduledLoop(loop, scheduler), limits, time, onHandlerFailure);
    }

    /** {@return this context with another function for failures of handlers} */
    AsaContext onHandlerFailure(Consumer<? super GraspException> function) {
        return new AsaContext(engine, loop, signals, limits, time, function);
    }

    /** Reports that a handler of the ASA has failed. Called on the loop. */
    void handlerFailed(GraspException failure) {
        engine.handlerFailed(failure);
        AsaErrors.isolated(() -> onHandlerFailure.accept(failure));
    }

    /** {@return the same signals, emitted where the ASA expects them} */
    <T> Mono<T> emitted(Mono<T> internal) {
        return ScheduledLoop.emitted(signals, internal);
    }

    /** {@return the same signals, emitted where the ASA expects them} */
    <T> Flux<T> emitted(Flux<T> internal) {
        return ScheduledLoop.emitted(signals, internal);
    }

    /** Refuses a function of the ASA that can only be called on the loop, if the ASA has chosen a scheduler. */
    void refuseOnScheduler(String function) {
        if (signals instanceof ScheduledLoop) {
            throw GraspException.local(
                    GraspErrorCode.UNSPECIFIED,
                    function + " is called on the node's loop, and this ASA has its functions called on a scheduler"
                            + " (Asa.on)");
        }
    }

    /** Handles sessions in isolation from each other, as many at once as the node's limits allow. */
    <T> Mono<Void> isolated(
            Flux<T> sessions, IsolatedHandlers.SessionEnd<T> end, Handler<? super T> handler, ListenOptions options) {
        return isolated(sessions, end, Integer.MAX_VALUE, handler, options);
    }

    /** Handles messages and options in isolation from each other, as many at once as replies may be pending. */
    <T> Mono<Void> isolatedMessages(
            Flux<T> messages, IsolatedHandlers.SessionEnd<T> end, Handler<? super T> handler, ListenOptions options) {
        return isolated(messages, end, limits.pendingReplies(), handler, options);
    }

    /**
     * Handles the items of a listener in isolation from each other.
     *
     * @param listener emits them on the loop
     */
    <T> Mono<Void> isolated(
            Flux<T> listener,
            IsolatedHandlers.SessionEnd<T> end,
            int concurrency,
            Handler<? super T> handler,
            ListenOptions options) {
        Handler<? super T> function = Objects.requireNonNull(handler, "handler");
        return emitted(new IsolatedHandlers<>(
                loop,
                listener,
                end,
                concurrency,
                item -> ScheduledLoop.called(
                        signals, () -> Objects.requireNonNull(function.handle(item), "the handler returned null")),
                options.withHookOn(signals),
                this::handlerFailed,
                () -> !engine.isRegistered()));
    }
}
