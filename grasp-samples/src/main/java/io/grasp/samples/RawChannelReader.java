package io.grasp.samples;

import io.grasp.api.RawChannel;
import io.grasp.model.ObjectiveValue;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;

/**
 * Reads a raw channel one item ahead, so that its end is known before the next line is sent. Confined to the node's
 * scheduler.
 */
final class RawChannelReader extends BaseSubscriber<ObjectiveValue> {
    private final Sinks.Empty<Boolean> over = Sinks.empty();
    private @Nullable ObjectiveValue unheard;
    private @Nullable Throwable failure;
    private boolean ended;
    private @Nullable MonoSink<ObjectiveValue> waiting;

    private RawChannelReader() {}

    static RawChannelReader of(RawChannel channel) {
        RawChannelReader hearing = new RawChannelReader();
        channel.receive().subscribe(hearing);
        return hearing;
    }

    /** {@return whether the channel has ended and all items have been read} */
    boolean isOver() {
        return ended && unheard == null;
    }

    /** {@return emits a value when the channel has ended normally, fails if it broke} */
    Mono<Boolean> end() {
        return over.asMono().thenReturn(true);
    }

    /** {@return the next item; completes without one at the end, fails if the channel broke} */
    Mono<ObjectiveValue> next() {
        return Mono.create(sink -> {
            ObjectiveValue item = unheard;
            if (item != null) {
                unheard = null;
                request(1);
                sink.success(item);
            } else if (ended) {
                finish(sink);
            } else {
                waiting = sink;
            }
        });
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
        request(1);
    }

    @Override
    protected void hookOnNext(ObjectiveValue item) {
        MonoSink<ObjectiveValue> sink = waiting;
        if (sink == null) {
            unheard = item;
        } else {
            waiting = null;
            request(1);
            sink.success(item);
        }
    }

    @Override
    protected void hookOnError(Throwable why) {
        failure = why;
        end(() -> over.tryEmitError(why));
    }

    @Override
    protected void hookOnComplete() {
        end(over::tryEmitEmpty);
    }

    private void end(Runnable notify) {
        ended = true;
        MonoSink<ObjectiveValue> sink = waiting;
        waiting = null;
        if (sink != null) {
            finish(sink);
        }
        notify.run();
    }

    private void finish(MonoSink<ObjectiveValue> sink) {
        if (failure == null) {
            sink.success();
        } else {
            sink.error(failure);
        }
    }
}
