package io.grasp.api;

import io.grasp.engine.node.Cancellable;
import io.grasp.substrate.Loop;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * One subscription to a {@link LoopFlux}. All its state is confined to the loop, except the flag that stops it.
 *
 * <pre>
 *   NEW       --- start: the source begins -----------------------> ACTIVE
 *   NEW       --- cancel: the source is abandoned ----------------> CANCELLED
 *   ACTIVE    --- success, complete, error, invalid demand -------> COMPLETED
 *   COMPLETED --- all values emitted: onComplete or onError ------> ENDED
 *   ACTIVE, COMPLETED
 *             --- cancel, or the subscriber throws ---------------> CANCELLED
 * </pre>
 *
 * Values are added in ACTIVE only, and emitted on demand in ACTIVE and COMPLETED. A cancel stops the source, unless it
 * has completed and all its values have been emitted.
 */
final class LoopEmitter<T> implements Subscription {
    private final Loop loop;
    private final Backlog<T> backlog;
    private final CoreSubscriber<? super T> subscriber;
    private volatile boolean cancelled;
    private long demand;
    private @Nullable Cancellable work;
    private @Nullable LongConsumer onRequest;
    private boolean completed;
    private @Nullable Throwable error;
    private boolean ended;
    private boolean draining;

    /**
     * Begins an activity on the loop that reports to an emitter. If it throws, the publisher fails with that exception.
     */
    @FunctionalInterface
    interface Source<T> {
        /** {@return cancels the activity} */
        Cancellable start(LoopEmitter<T> emitter);

        /** The activity will not be started: it was cancelled before, or the loop has ended. */
        default void abandoned() {}

        /** {@return whether the activity is done if the loop has ended} Otherwise the publisher fails. */
        default boolean isDoneByLoopEnd() {
            return false;
        }
    }

    LoopEmitter(Loop loop, Backlog<T> backlog, CoreSubscriber<? super T> subscriber) {
        this.loop = loop;
        this.backlog = backlog;
        this.subscriber = subscriber;
    }

    /** {@return the subscriber's context, which publishers that are subscribed to on its behalf get too} */
    Context context() {
        return subscriber.currentContext();
    }

    void start(Source<T> source) {
        if (cancelled) {
            source.abandoned();
            return;
        }
        try {
            CallerContext.run(subscriber.currentContext(), () -> begin(source));
        } catch (Throwable e) {
            AsaErrors.rethrowIfFatal(e);
            error(e);
        }
    }

    private void begin(Source<T> source) {
        Cancellable started = source.start(this);
        if (isDelivered()) {
            return;
        }
        if (cancelled) {
            started.cancel();
        } else {
            work = started;
        }
    }

    /**
     * Everything has been emitted: the emitted values belong to the subscriber, and a later cancel does not affect
     * them.
     */
    private boolean isDelivered() {
        return completed && backlog.isEmpty();
    }

    /** Passes demand, past and future, to a consumer instead of using a backlog. */
    void onRequest(LongConsumer consumer) {
        onRequest = consumer;
        if (demand > 0) {
            consumer.accept(demand);
        }
    }

    /** {@return whether the subscriber has received the value, or can still request it} */
    boolean next(T value) {
        if (cancelled || completed) {
            return false;
        }
        backlog.add(value);
        drain();
        return !cancelled || backlog.isEmpty();
    }

    /** Emits the only value, and completes. */
    void success(T value) {
        if (!cancelled && !completed) {
            backlog.add(value);
            completed = true;
            drain();
        }
    }

    void complete() {
        completed = true;
        drain();
    }

    void error(Throwable failure) {
        if (!completed) {
            completed = true;
            error = failure;
            drain();
        }
    }

    private void drain() {
        if (draining || ended) {
            return;
        }
        draining = true;
        try {
            deliver();
        } catch (Throwable e) {
            // A subscriber that throws breaks Reactive Streams 2.13, and must not break the node.
            AsaErrors.rethrowIfFatal(e);
            cancelled = true;
            ended = true;
            stop();
            backlog.clear();
            AsaErrors.report(subscriber.currentContext(), e);
        } finally {
            draining = false;
        }
    }

    private void deliver() {
        while (!cancelled && demand > 0) {
            T value = backlog.poll();
            if (value == null) {
                break;
            }
            if (demand != Long.MAX_VALUE) {
                demand--;
            }
            if (isDelivered()) {
                work = null;
            }
            subscriber.onNext(value);
        }
        if (!cancelled && isDelivered()) {
            ended = true;
            work = null;
            if (error == null) {
                subscriber.onComplete();
            } else {
                subscriber.onError(error);
            }
        }
    }

    @Override
    public void request(long n) {
        if (n <= 0) {
            onLoop(() -> {
                stop();
                error(new IllegalArgumentException("demand must be above 0, it is " + n)); // Reactive Streams 3.9
            });
        } else if (!cancelled) {
            onLoop(() -> {
                demand = Operators.addCap(demand, n);
                if (onRequest != null) {
                    onRequest.accept(n);
                }
                drain();
            });
        }
    }

    @Override
    public void cancel() {
        if (!cancelled) {
            cancelled = true;
            onLoop(() -> {
                stop();
                backlog.clear();
            });
        }
    }

    private void stop() {
        Cancellable started = work;
        work = null;
        if (started != null) {
            started.cancel();
        }
    }

    private void onLoop(Runnable task) {
        if (loop.inLoop()) {
            task.run();
            return;
        }
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            // the loop has ended, so the task has nothing to change
        }
    }
}
