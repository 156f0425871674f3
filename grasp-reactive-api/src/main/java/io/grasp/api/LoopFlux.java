package io.grasp.api;

import io.grasp.engine.node.Cancellable;
import io.grasp.substrate.Loop;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A publisher that starts its source on the loop, and gives every signal there. What is published without demand waits
 * in a queue that the source bounds or conflates.
 */
final class LoopFlux<T> extends Flux<T> {
    private final Loop loop;
    private final Supplier<Backlog<T>> backlog;
    private final Source<T> source;

    /** Begins something on the loop that an emitter tells of. What it throws is the publisher's error. */
    @FunctionalInterface
    interface Source<T> {
        /** {@return how to give it up} */
        Cancellable start(LoopEmitter<T> emitter);

        /** It will not be started: it was cancelled before, or there is no loop any more. */
        default void abandoned() {}
    }

    LoopFlux(Loop loop, Supplier<Backlog<T>> backlog, Source<T> source) {
        this.loop = loop;
        this.backlog = backlog;
        this.source = source;
    }

    /** A publisher whose source publishes no more than a bounded number of values by itself. */
    static <T> Flux<T> bounded(Loop loop, Source<T> source) {
        return new LoopFlux<>(loop, Backlog.Fifo::new, source);
    }

    /** A publisher of at most one value. */
    static <T> Mono<T> single(Loop loop, Source<T> source) {
        return Mono.fromDirect(bounded(loop, source));
    }

    /** A publisher of what an action on the loop returns. */
    static <T> Mono<T> call(Loop loop, Supplier<T> action) {
        return single(loop, emitter -> {
            emitter.success(action.get());
            return () -> {};
        });
    }

    /** A publisher that completes when an action on the loop has been done. */
    static Mono<Void> run(Loop loop, Runnable action) {
        return single(loop, emitter -> {
            action.run();
            emitter.complete();
            return () -> {};
        });
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> subscriber) {
        LoopEmitter<T> emitter = new LoopEmitter<>(loop, backlog.get(), subscriber);
        Source<T> inContext = CallerContext.around(subscriber.currentContext(), source);
        subscriber.onSubscribe(emitter);
        try {
            loop.execute(() -> emitter.start(inContext));
        } catch (RejectedExecutionException e) {
            source.abandoned();
            subscriber.onError(LoopScheduler.nodeClosed().causedBy(e));
        }
    }
}
