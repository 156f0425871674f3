package io.grasp.api;

import io.grasp.config.Limits;
import io.grasp.engine.EngineAsa;
import io.grasp.substrate.Loop;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Shared by all calls of an ASA. */
record AsaContext(EngineAsa engine, Loop loop, Limits limits) {
    /** {@return the timeout of a request, by default GRASP_DEF_TIMEOUT} */
    Duration timeout(RequestOptions options) {
        return options.timeoutOr(engine.operationTimeout());
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

    /** Handles the items of a listener in isolation from each other. */
    <T> Mono<Void> isolated(
            Flux<T> listener,
            IsolatedHandlers.SessionEnd<T> end,
            int concurrency,
            Handler<? super T> handler,
            ListenOptions options) {
        return new IsolatedHandlers<>(
                loop,
                listener,
                end,
                concurrency,
                handler,
                options,
                engine::handlerFailed,
                () -> !engine.isRegistered());
    }
}
