package io.grasp.host;

import io.grasp.util.TokenBucket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Passes on events at a bounded rate, on the loop, and after a while an event with the number of those that were left
 * out. Events may come on several threads.
 */
final class LimitedEvents {
    private final TokenBucket rate;
    private final Duration betweenCounts;
    private final Scheduler loop;
    private final Consumer<? super HostEvent> receiver;
    private final LongFunction<? extends HostEvent> count;
    private final AtomicLong leftOut = new AtomicLong();
    private final Disposable.Swap counting = Disposables.swap();

    /**
     * @param betweenCounts how long events are left out before their number is an event
     * @param loop where the receiver is called
     * @param count makes the event of the number of events that were left out
     */
    LimitedEvents(
            TokenBucket rate,
            Duration betweenCounts,
            Scheduler loop,
            Consumer<? super HostEvent> receiver,
            LongFunction<? extends HostEvent> count) {
        this.rate = rate;
        this.betweenCounts = betweenCounts;
        this.loop = loop;
        this.receiver = receiver;
        this.count = count;
    }

    void emit(Supplier<? extends HostEvent> event) {
        if (rate.tryTake()) {
            HostEvent permitted = event.get();
            loop.schedule(() -> receiver.accept(permitted));
        } else if (leftOut.getAndIncrement() == 0) {
            loop.schedule(() ->
                    counting.update(Mono.delay(betweenCounts, loop).subscribe(passed -> count(), nodeClosed -> {})));
        }
    }

    private void count() {
        long missing = leftOut.getAndSet(0);
        if (missing > 0) {
            receiver.accept(count.apply(missing));
        }
    }

    /** Passes on the number of events that were left out. Called on the loop, after the last event. */
    void close() {
        counting.dispose();
        count();
    }
}
