package io.grasp.api;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import io.grasp.substrate.Loop;
import io.grasp.util.FailureText;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Calls a handler for each session or message of a listener, and subscribes to the returned publisher. A failure of one
 * is reported, and does not affect the listener and the others. It completes when the listener has completed and no
 * handler is running. All state is confined to the loop.
 *
 * <p>The listening:
 *
 * <pre>
 *   LISTENING --- an item: its handler begins ---------------------> LISTENING
 *   LISTENING --- the listener completes --------------------------> STOPPED
 *   STOPPED   --- no handler is running: completes ----------------> ENDED
 *   STOPPED   --- the ASA has gone: handlers cancelled, completes -> ENDED
 *   LISTENING --- the listener fails: handlers cancelled, fails ---> ENDED
 *   LISTENING, STOPPED
 *             --- cancel: handlers cancelled ----------------------> ENDED
 * </pre>
 *
 * <p>Each handler, and what happens to its session:
 *
 * <pre>
 *   RUNNING --- its publisher completes: SessionEnd.completed -----> ENDED
 *   RUNNING --- it throws, its publisher fails, or its session ends
 *               unnoticed: SessionEnd.failed, failure reported ----> ENDED
 *   RUNNING --- the listening cancels it: SessionEnd.cancelled ----> ENDED
 * </pre>
 */
final class IsolatedHandlers<T> extends Mono<Void> {
    private final Loop loop;
    private final Flux<T> listener;
    private final SessionEnd<T> end;
    private final int concurrency;
    private final Handler<? super T> handler;
    private final Consumer<GraspException> failed;
    private final BooleanSupplier ownerIsGone;

    /** Ends a session whose handler has ended, on the loop; does nothing to a session that has ended. */
    interface SessionEnd<T> {
        /** {@return the failure with its session} */
        GraspException in(T session, GraspException failure);

        /**
         * Reports that the session has ended without the handler's doing, while the handler does not wait for the
         * session and so would not notice.
         */
        default void whenUnnoticed(T session, Consumer<GraspException> report) {}

        /** The handler has completed. */
        default void completed(T session) {}

        /** The handler has failed. */
        default void failed(T session) {}

        /** The listener was cancelled, and the handler with it. */
        default void cancelled(T session) {}
    }

    /**
     * @param listener the listener, whose signals come on the loop
     * @param concurrency the default number of concurrent handlers
     * @param observer receives failures before the hook in the options
     * @param ownerIsGone whether the listener has completed because its ASA or node has gone, together with all its
     *     sessions
     */
    IsolatedHandlers(
            Loop loop,
            Flux<T> listener,
            SessionEnd<T> end,
            int concurrency,
            Handler<? super T> handler,
            ListenOptions options,
            Consumer<GraspException> observer,
            BooleanSupplier ownerIsGone) {
        this.loop = loop;
        this.listener = listener;
        this.end = end;
        this.concurrency = options.concurrency(concurrency);
        this.handler = Objects.requireNonNull(handler, "handler");
        this.failed = failure -> {
            AsaErrors.isolated(() -> observer.accept(failure));
            AsaErrors.isolated(() -> options.onFailure().accept(failure));
        };
        this.ownerIsGone = ownerIsGone;
    }

    @Override
    public void subscribe(CoreSubscriber<? super Void> subscriber) {
        listener.subscribe(new Listening(subscriber));
    }

    /** {@return whether it has run or will run} */
    private boolean onLoop(Runnable event) {
        if (loop.inLoop()) {
            event.run();
            return true;
        }
        try {
            loop.execute(event);
            return true;
        } catch (RejectedExecutionException e) {
            return false; // the loop and every session have ended
        }
    }

    /** One subscription. */
    private final class Listening implements CoreSubscriber<T>, Subscription {
        private final CoreSubscriber<? super Void> subscriber;
        private final Set<Handling> running = new LinkedHashSet<>();
        private final AtomicBoolean cancelled = new AtomicBoolean();
        private @Nullable Subscription upstream;
        private boolean stopped;
        private boolean ended;

        Listening(CoreSubscriber<? super Void> subscriber) {
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
            subscription.request(concurrency == Integer.MAX_VALUE ? Long.MAX_VALUE : concurrency);
        }

        @Override
        public void request(long n) {
            Operators.validate(n); // only the end is signalled
        }

        @Override
        public void cancel() {
            Subscription listening = upstream;
            if (listening != null && cancelled.compareAndSet(false, true)) {
                listening.cancel();
                onLoop(this::cancelHandlers);
            }
        }

        private void cancelHandlers() {
            ended = true;
            List<Handling> all = List.copyOf(running);
            running.clear();
            all.forEach(Handling::cancel);
        }

        @Override
        public void onNext(T session) {
            Handling handling = new Handling(this, session);
            running.add(handling);
            handling.begin();
        }

        @Override
        public void onError(Throwable failure) {
            if (!ended) {
                cancelHandlers();
                subscriber.onError(failure);
            }
        }

        @Override
        public void onComplete() {
            stopped = true;
            if (running.isEmpty()) {
                complete();
            } else if (ownerIsGone.getAsBoolean()) {
                // After this turn of the loop all their sessions have failed, and the handlers have been notified.
                try {
                    loop.execute(this::giveUp);
                } catch (RejectedExecutionException e) {
                    giveUp();
                }
            }
        }

        private void giveUp() {
            if (!ended) {
                cancelHandlers();
                subscriber.onComplete();
            }
        }

        private void complete() {
            if (!ended) {
                ended = true;
                subscriber.onComplete();
            }
        }

        void ended(Handling handling) {
            running.remove(handling);
            if (stopped) {
                if (running.isEmpty()) {
                    complete();
                }
            } else if (upstream != null && concurrency != Integer.MAX_VALUE) {
                upstream.request(1);
            }
        }
    }

    /** Describes a failure where it comes from, because its text may be made by code of the ASA. */
    private static GraspException described(Throwable failure) {
        return failure instanceof GraspException grasp
                ? grasp
                : GraspException.local(GraspErrorCode.UNSPECIFIED, "the handler failed: " + FailureText.of(failure))
                        .causedBy(failure);
    }

    /** The handler of one session. */
    private final class Handling implements CoreSubscriber<Object> {
        private final Listening listening;
        private final T session;
        private final Context context;
        private volatile @Nullable Subscription subscription;
        private boolean ended;

        Handling(Listening listening, T session) {
            this.listening = listening;
            this.session = session;
            this.context = AsaErrors.receivedBy(
                    failure -> {
                        GraspException described = described(failure);
                        onLoop(() -> failed(described));
                    },
                    listening.currentContext());
        }

        /** The handler need not wait any more. */
        private void failed(GraspException failure) {
            cancelWork();
            end(failure);
        }

        void begin() {
            CallerContext.run(currentContext(), () -> {
                try {
                    Publisher<?> work = Objects.requireNonNull(handler.handle(session), "the handler returned null");
                    end.whenUnnoticed(session, this::sessionEnded);
                    work.subscribe(this);
                } catch (Throwable e) {
                    AsaErrors.rethrowIfFatal(e);
                    failed(described(e));
                }
            });
        }

        /** When its owner goes, all handlers are cancelled together. */
        private void sessionEnded(GraspException why) {
            if (!ended && !ownerIsGone.getAsBoolean()) {
                failed(why);
            }
        }

        @Override
        public Context currentContext() {
            return context;
        }

        @Override
        public void onSubscribe(Subscription newSubscription) {
            if (Operators.validate(subscription, newSubscription)) {
                subscription = newSubscription;
                if (!onLoop(this::start)) {
                    newSubscription.cancel();
                }
            }
        }

        private void start() {
            Subscription work = subscription;
            if (ended) {
                cancelWork();
            } else if (work != null) {
                try {
                    CallerContext.run(context, () -> work.request(Long.MAX_VALUE));
                } catch (Throwable e) {
                    AsaErrors.rethrowIfFatal(e);
                    failed(described(e));
                }
            }
        }

        @Override
        public void onNext(Object value) {
            // only the end matters
        }

        @Override
        public void onError(Throwable failure) {
            GraspException described = described(failure);
            onLoop(() -> end(described));
        }

        @Override
        public void onComplete() {
            onLoop(() -> end(null));
        }

        private void end(@Nullable GraspException failure) {
            if (ended) {
                return;
            }
            ended = true;
            if (failure == null) {
                AsaErrors.isolated(() -> end.completed(session));
            } else {
                AsaErrors.isolated(() -> end.failed(session));
                failed.accept(failure.session().isPresent() ? failure : end.in(session, failure));
            }
            listening.ended(this);
        }

        void cancel() {
            if (!ended) {
                ended = true;
                cancelWork();
                AsaErrors.isolated(() -> end.cancelled(session));
            }
        }

        private void cancelWork() {
            Subscription work = subscription;
            if (work != null) {
                CallerContext.run(currentContext(), () -> AsaErrors.isolated(work::cancel));
            }
        }
    }
}
