package io.grasp.api;

import io.grasp.substrate.Loop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Scheduler.Worker;
import reactor.util.context.Context;

/**
 * A node's loop as an ASA sees it that has chosen a scheduler: signals for the ASA are emitted, and its functions
 * called, on the scheduler. Everything else happens on the loop as usual. Few signals wait for the scheduler, even if
 * the ASA is slow: others wait, are conflated or are refused at their source, as without demand.
 */
final class ScheduledLoop implements Loop {
    /** How many signals of a publisher wait for the scheduler, whatever the demand of the ASA. */
    private static final int MOST_WAITING = 16;

    private final Loop loop;
    private final Scheduler scheduler;

    ScheduledLoop(Loop loop, Scheduler scheduler) {
        this.loop = loop;
        this.scheduler = scheduler;
    }

    /** {@return a subscriber that is given the signals of the loop where the ASA expects them} */
    static <T> CoreSubscriber<? super T> receiver(Loop loop, CoreSubscriber<? super T> subscriber) {
        return loop instanceof ScheduledLoop own ? new Receiver<T>(own.scheduler, subscriber) : subscriber;
    }

    /** {@return the same signals, emitted where the ASA expects them} */
    static <T> Mono<T> emitted(Loop loop, Mono<T> signals) {
        return loop instanceof ScheduledLoop ? Mono.fromDirect(emitted(loop, signals.flux())) : signals;
    }

    /** {@return the same signals, emitted where the ASA expects them} */
    static <T> Flux<T> emitted(Loop loop, Flux<T> signals) {
        return loop instanceof ScheduledLoop
                ? new Flux<>() {
                    @Override
                    public void subscribe(CoreSubscriber<? super T> subscriber) {
                        signals.subscribe(receiver(loop, subscriber));
                    }
                }
                : signals;
    }

    /**
     * {@return what a function of the ASA returns; it is called, subscribed to and cancelled where the ASA expects
     * it}
     */
    static <T> Publisher<? extends T> called(Loop loop, Supplier<? extends Publisher<? extends T>> function) {
        return loop instanceof ScheduledLoop own ? new Called<T>(own.scheduler, function) : function.get();
    }

    /** Runs a callback of the ASA where the ASA expects it. */
    static void run(Loop loop, Runnable callback) {
        if (loop instanceof ScheduledLoop own) {
            try {
                own.scheduler.schedule(callback);
            } catch (RejectedExecutionException e) {
                // the scheduler has ended, and the ASA with it
            }
        } else {
            callback.run();
        }
    }

    /** {@return the result of a function that is called where the ASA expects it; it comes on the loop} */
    static <T> Mono<T> result(Loop loop, Supplier<T> function) {
        return Mono.create(sink -> result(loop, function, sink::success, sink::error));
    }

    /**
     * Calls a function where the ASA expects it; without a scheduler that is at once.
     *
     * @param received receives the result, on the loop
     * @param failed receives what the function throws, on the loop
     */
    static <T> void result(
            Loop loop, Supplier<T> function, Consumer<? super T> received, Consumer<? super Throwable> failed) {
        if (loop instanceof ScheduledLoop own) {
            try {
                own.scheduler.schedule(() -> {
                    Runnable end = called(function, received, failed);
                    try {
                        own.loop.execute(end);
                    } catch (RejectedExecutionException e) {
                        // the loop and every session have ended
                    }
                });
            } catch (RejectedExecutionException e) {
                failed.accept(e); // the scheduler has ended, and the ASA with it
            }
        } else {
            called(function, received, failed).run();
        }
    }

    /** {@return what passes on the end of a function that was called} */
    private static <T> Runnable called(
            Supplier<T> function, Consumer<? super T> received, Consumer<? super Throwable> failed) {
        try {
            T result = function.get();
            return () -> received.accept(result);
        } catch (Throwable e) {
            AsaErrors.rethrowIfFatal(e);
            return () -> failed.accept(e);
        }
    }

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    @Override
    public long nanoTime() {
        return loop.nanoTime();
    }

    @Override
    public long deliveredUntil() {
        return loop.deliveredUntil();
    }

    @Override
    public Wakeup wakeAt(long nanoTime, Runnable task) {
        return loop.wakeAt(nanoTime, task);
    }

    @Override
    public Wakeup onFailure(Consumer<? super Throwable> listener) {
        return loop.onFailure(listener);
    }

    @Override
    public boolean inLoop() {
        return loop.inLoop();
    }

    /** Passes signals of the loop to a subscriber on the scheduler. */
    private static final class Receiver<T> implements CoreSubscriber<T>, Subscription {
        private final CoreSubscriber<? super T> subscriber;
        private final Worker worker;
        private final AtomicLong demand = new AtomicLong();
        /** The signals that were requested, and have not been delivered. */
        private final AtomicInteger waiting = new AtomicInteger();
        /** Counts the calls of {@link #requestMore}, one of which acts for all that come meanwhile. */
        private final AtomicInteger calls = new AtomicInteger();

        private @Nullable Subscription upstream;
        private volatile boolean cancelled;

        Receiver(Scheduler scheduler, CoreSubscriber<? super T> subscriber) {
            this.worker = scheduler.createWorker();
            this.subscriber = subscriber;
        }

        @Override
        public Context currentContext() {
            return subscriber.currentContext();
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            upstream = subscription;
            subscriber.onSubscribe(this);
        }

        @Override
        public void onNext(T value) {
            schedule(() -> {
                if (cancelled) {
                    Operators.onDiscard(value, currentContext());
                    return;
                }
                try {
                    subscriber.onNext(value);
                } catch (Throwable e) {
                    AsaErrors.rethrowIfFatal(e);
                    cancel();
                    AsaErrors.report(currentContext(), e);
                }
                if (waiting.decrementAndGet() <= MOST_WAITING / 2) {
                    requestMore();
                }
            });
        }

        @Override
        public void onError(Throwable failure) {
            schedule(() -> end(() -> subscriber.onError(failure)));
        }

        @Override
        public void onComplete() {
            schedule(() -> end(subscriber::onComplete));
        }

        private void end(Runnable signal) {
            try {
                if (!cancelled) {
                    signal.run();
                }
            } finally {
                worker.dispose();
            }
        }

        private void schedule(Runnable signal) {
            try {
                worker.schedule(signal);
            } catch (RejectedExecutionException e) {
                cancel(); // the scheduler has ended, and the ASA with it
            }
        }

        @Override
        public void request(long n) {
            if (n > 0) {
                demand.accumulateAndGet(n, Operators::addCap);
                requestMore();
            } else if (upstream != null) {
                upstream.request(n); // is refused there
            }
        }

        private void requestMore() {
            if (calls.getAndIncrement() != 0) {
                return;
            }
            int done = 1;
            do {
                long wanted = demand.get();
                int more = (int) Math.min(wanted, MOST_WAITING - waiting.get());
                if (more > 0 && upstream != null) {
                    waiting.addAndGet(more);
                    if (wanted != Long.MAX_VALUE) {
                        demand.addAndGet(-more);
                    }
                    upstream.request(more);
                }
                done = calls.addAndGet(-done);
            } while (done != 0);
        }

        @Override
        public void cancel() {
            cancelled = true;
            if (upstream != null) {
                upstream.cancel();
            }
        }
    }

    /** A publisher of the ASA: the function is called, and its publisher used, on the scheduler. */
    private static final class Called<T> extends Flux<T> {
        private final Scheduler scheduler;
        private final Supplier<? extends Publisher<? extends T>> function;

        Called(Scheduler scheduler, Supplier<? extends Publisher<? extends T>> function) {
            this.scheduler = scheduler;
            this.function = function;
        }

        @Override
        public void subscribe(CoreSubscriber<? super T> subscriber) {
            Call<T> call = new Call<>(scheduler.createWorker(), subscriber);
            subscriber.onSubscribe(call);
            call.onWorker(() -> call.begin(function));
        }
    }

    /** One call of the function. Its state is confined to the worker. */
    private static final class Call<T> implements CoreSubscriber<T>, Subscription {
        private final Worker worker;
        private final CoreSubscriber<? super T> subscriber;
        private @Nullable Subscription upstream;
        private long demand;
        private boolean cancelled;
        private boolean ended;

        Call(Worker worker, CoreSubscriber<? super T> subscriber) {
            this.worker = worker;
            this.subscriber = subscriber;
        }

        void onWorker(Runnable task) {
            try {
                worker.schedule(task);
            } catch (RejectedExecutionException e) {
                // the scheduler has ended, and the ASA with it; or this call has ended
            }
        }

        void begin(Supplier<? extends Publisher<? extends T>> function) {
            if (cancelled) {
                return;
            }
            CallerContext.run(currentContext(), () -> {
                try {
                    function.get().subscribe(this);
                } catch (Throwable e) {
                    AsaErrors.rethrowIfFatal(e);
                    onError(e);
                }
            });
        }

        @Override
        public Context currentContext() {
            return subscriber.currentContext();
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            if (Operators.validate(upstream, subscription)) {
                upstream = subscription;
                if (cancelled) {
                    subscription.cancel();
                } else if (demand > 0) {
                    subscription.request(demand);
                }
            }
        }

        @Override
        public void onNext(T value) {
            subscriber.onNext(value);
        }

        @Override
        public void onError(Throwable failure) {
            if (!ended) {
                ended = true;
                subscriber.onError(failure);
                worker.dispose();
            }
        }

        @Override
        public void onComplete() {
            if (!ended) {
                ended = true;
                subscriber.onComplete();
                worker.dispose();
            }
        }

        @Override
        public void request(long n) {
            onWorker(() -> {
                Subscription source = upstream;
                if (source == null) {
                    demand = Operators.addCap(demand, n);
                } else {
                    use(() -> source.request(n));
                }
            });
        }

        @Override
        public void cancel() {
            onWorker(() -> {
                cancelled = true;
                if (upstream != null) {
                    use(upstream::cancel);
                }
                worker.dispose();
            });
        }

        private void use(Runnable call) {
            CallerContext.run(currentContext(), () -> {
                try {
                    call.run();
                } catch (Throwable e) {
                    AsaErrors.rethrowIfFatal(e);
                    onError(e);
                }
            });
        }
    }
}
