package io.grasp.samples.control;

import io.grasp.api.Grasp;
import io.grasp.host.AsaHost;
import io.grasp.host.HostEvent;
import io.grasp.inspection.EventBatch;
import io.grasp.inspection.EventOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;

/**
 * Collects the events of a host for one watcher, at the rate and in the periods that it has chosen, as a node does with
 * its own events. All of its state is confined to the node's loop.
 */
final class HostedEvents {
    private final Grasp grasp;
    private final EventOptions options;
    private final FluxSink<EventBatch<HostedEvent>> watcher;
    private final Disposable.Swap timer = Disposables.swap();
    private final List<HostedEvent> events = new ArrayList<>();
    /** How many events may come now. */
    private double left;

    private Duration counted;
    private Duration next;
    private boolean scheduled;
    private long skipped;

    private HostedEvents(Grasp grasp, EventOptions options, FluxSink<EventBatch<HostedEvent>> watcher) {
        this.grasp = grasp;
        this.options = options;
        this.watcher = watcher;
        this.left = options.eventsPerSecond();
        this.counted = grasp.now();
        this.next = counted;
    }

    /** {@return the events from now on} It completes when the host is closed. */
    static Flux<EventBatch<HostedEvent>> of(Grasp grasp, AsaHost host, EventOptions options) {
        return Flux.create(watcher -> new HostedEvents(grasp, options, watcher).begin(host));
    }

    private void begin(AsaHost host) {
        watcher.onDispose(
                Disposables.composite(timer, host.events().subscribe(this::add, watcher::error, this::complete)));
    }

    private void add(HostEvent event) {
        Duration now = grasp.now();
        double more = options.eventsPerSecond() * (now.minus(counted).toNanos() / (double) TimeUnit.SECONDS.toNanos(1));
        left = Math.min(options.eventsPerSecond(), left + more);
        counted = now;
        if (left < 1 || events.size() >= options.eventsPerSecond()) {
            skipped++;
        } else {
            left--;
            events.add(new HostedEvent(now, event));
        }
        schedule(now);
    }

    /** After a quiet time, a batch comes soon. */
    private void schedule(Duration now) {
        if (!scheduled) {
            scheduled = true;
            Duration wait = next.minus(now);
            timer.update(Mono.delay(
                            wait.compareTo(EventOptions.GATHERING) > 0 ? wait : EventOptions.GATHERING,
                            grasp.scheduler())
                    .subscribe(over -> emit(), nodeClosed -> {}));
        }
    }

    private void emit() {
        scheduled = false;
        Duration now = grasp.now();
        next = now.plus(options.period());
        if (watcher.requestedFromDownstream() > 0) {
            handOut();
        } else {
            schedule(now);
        }
    }

    private void handOut() {
        watcher.next(new EventBatch<>(events, skipped));
        events.clear();
        skipped = 0;
    }

    /** The last events, such as that of an ASA that has stopped, wait for the demand of the watcher. */
    private void complete() {
        if (scheduled) {
            handOut();
        }
        watcher.complete();
    }
}
