package io.grasp.api;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

/** A subscription that records its signals. */
final class Collected<T> {
    private final World world;
    private final List<T> values = new CopyOnWriteArrayList<>();
    private final List<String> threads = new CopyOnWriteArrayList<>();
    private final BaseSubscriber<T> subscriber;
    private volatile Throwable failure;
    private volatile boolean completed;

    Collected(World world, Flux<T> flux, long demand) {
        this.world = world;
        this.subscriber = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                if (demand > 0) {
                    request(demand);
                }
            }

            @Override
            protected void hookOnNext(T value) {
                threads.add(Thread.currentThread().getName());
                values.add(value);
            }

            @Override
            protected void hookOnError(Throwable throwable) {
                failure = throwable;
            }

            @Override
            protected void hookOnComplete() {
                completed = true;
            }
        };
        flux.subscribe(subscriber);
    }

    void request(long n) {
        subscriber.request(n);
    }

    void cancel() {
        subscriber.cancel();
    }

    List<T> values() {
        return values;
    }

    /** The threads on which the values were received. */
    List<String> threads() {
        return threads;
    }

    boolean isEnded() {
        return completed || failure != null;
    }

    boolean isCompleted() {
        return completed;
    }

    Throwable failure() {
        return failure;
    }

    List<T> awaitValues(int count) {
        world.awaitUntil(count + " values, have " + values.size(), () -> values.size() >= count || failure != null);
        throwFailure();
        return values;
    }

    Throwable awaitFailure() {
        world.awaitUntil("a failure", this::isEnded);
        if (failure == null) {
            throw new AssertionError("completed with " + values);
        }
        return failure;
    }

    List<T> awaitEnd() {
        world.awaitUntil("the end", this::isEnded);
        throwFailure();
        return values;
    }

    private void throwFailure() {
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure != null) {
            throw new AssertionError(failure);
        }
    }
}
