package io.grasp.api;

import io.grasp.engine.synchronization.SynchronizationListening;
import io.grasp.model.ObjectiveValue;
import io.grasp.substrate.Loop;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.util.context.Context;

/** Serves the latest value of a publisher. It passes one value at a time to the loop, so that none queue up. */
final class ServedValues extends BaseSubscriber<Object> {
    private final Loop loop;
    private final LoopEmitter<Void> result;
    private @Nullable SynchronizationListening listening;
    private final Context context;
    private boolean ended;

    private ServedValues(Loop loop, LoopEmitter<Void> result) {
        this.loop = loop;
        this.result = result;
        this.context = AsaErrors.receivedBy(failure -> onLoop(() -> end(failure)), result.context());
    }

    /** @param listen makes an ASA listen, and reports when it stops listening */
    static LoopEmitter.Source<Void> of(
            Loop loop, Function<Runnable, SynchronizationListening> listen, Publisher<?> values) {
        return emitter -> {
            ServedValues served = new ServedValues(loop, emitter);
            SynchronizationListening listening = listen.apply(() -> served.end(null));
            listening.onFailure(served::end);
            served.listening = listening;
            try {
                ScheduledLoop.<Object>called(loop, () -> values).subscribe(served);
            } catch (Throwable e) {
                AsaErrors.rethrowIfFatal(e);
                served.end(e);
            }
            return served::stop;
        };
    }

    @Override
    public Context currentContext() {
        return context;
    }

    /** The values are no longer needed. */
    private void stop() {
        ended = true;
        CallerContext.run(context, () -> AsaErrors.isolated(this::cancel));
        if (listening != null) {
            listening.cancel();
        }
    }

    private void end(@Nullable Throwable failure) {
        if (ended) {
            return;
        }
        stop();
        if (failure == null) {
            result.complete();
        } else {
            result.error(failure);
        }
    }

    private void serve(ObjectiveValue value) {
        if (ended || listening == null) {
            return;
        }
        try {
            listening.update(value);
        } catch (RuntimeException e) {
            end(e);
            return;
        }
        requestOne();
    }

    private void requestOne() {
        try {
            CallerContext.run(context, () -> request(1));
        } catch (Throwable e) {
            AsaErrors.rethrowIfFatal(e);
            onLoop(() -> end(e)); // this may be the caller's thread, on which the publisher is subscribed to
        }
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        requestOne();
    }

    @Override
    protected void hookOnNext(Object value) {
        ObjectiveValue written = ObjectiveValue.of(value); // may call code of the ASA, so not on the loop
        onLoop(() -> serve(written));
    }

    @Override
    protected void hookOnComplete() {
        // the last value is still served
    }

    @Override
    protected void hookOnError(Throwable failure) {
        onLoop(() -> end(failure));
    }

    private void onLoop(Runnable event) {
        try {
            loop.execute(event);
        } catch (RejectedExecutionException e) {
            cancel(); // the node is closed, and has reported the result
        }
    }
}
