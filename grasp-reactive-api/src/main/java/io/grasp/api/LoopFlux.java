package io.grasp.api;

import io.grasp.engine.node.Cancellable;
import io.grasp.model.ObjectiveValue;
import io.grasp.substrate.Loop;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A publisher that starts its source on the loop, and emits every signal there, or on the scheduler of a
 * {@link ScheduledLoop}. Values published without demand wait in
 * a queue that the source bounds or conflates.
 */
final class LoopFlux<T> extends Flux<T> {
    private final Loop loop;
    private final Supplier<Backlog<T>> backlog;
    private final LoopEmitter.Source<T> source;

    LoopFlux(Loop loop, Supplier<Backlog<T>> backlog, LoopEmitter.Source<T> source) {
        this.loop = loop;
        this.backlog = backlog;
        this.source = source;
    }

    /** A publisher whose source itself bounds the number of values. */
    static <T> Flux<T> bounded(Loop loop, LoopEmitter.Source<T> source) {
        return new LoopFlux<>(loop, Backlog.Fifo::new, source);
    }

    /** A publisher of at most one value. */
    static <T> Mono<T> single(Loop loop, LoopEmitter.Source<T> source) {
        return Mono.fromDirect(bounded(loop, source));
    }

    /**
     * A publisher that uses a value. The value is converted on the subscriber's thread, because that may call code of
     * the ASA; a failure is emitted like any other signal.
     *
     * @param value a value for {@link ObjectiveValue#of}
     * @param use makes the publisher
     */
    static <T> Mono<T> written(Loop loop, Object value, Function<ObjectiveValue, Mono<T>> use) {
        return Mono.defer(() -> {
            ObjectiveValue written;
            try {
                written = ObjectiveValue.of(value);
            } catch (Throwable e) {
                AsaErrors.rethrowIfFatal(e);
                return single(loop, emitter -> {
                    emitter.error(e);
                    return () -> {};
                });
            }
            return use.apply(written);
        });
    }

    /** A publisher of the result of an action on the loop. */
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

    /** A publisher that completes when something has been ended on the loop, also if it has ended with the loop. */
    static Mono<Void> end(Loop loop, Runnable action) {
        return single(loop, new Ending(action));
    }

    private record Ending(Runnable action) implements LoopEmitter.Source<Void> {
        @Override
        public Cancellable start(LoopEmitter<Void> emitter) {
            action.run();
            emitter.complete();
            return () -> {};
        }

        @Override
        public boolean isDoneByLoopEnd() {
            return true;
        }
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> subscriber) {
        CoreSubscriber<? super T> receiver = ScheduledLoop.receiver(loop, subscriber);
        LoopEmitter<T> emitter = new LoopEmitter<>(loop, backlog.get(), receiver);
        receiver.onSubscribe(emitter);
        try {
            loop.execute(() -> emitter.start(source));
        } catch (RejectedExecutionException e) {
            source.abandoned();
            if (source.isDoneByLoopEnd()) {
                receiver.onComplete();
            } else {
                receiver.onError(LoopScheduler.nodeClosed().causedBy(e));
            }
        }
    }
}
