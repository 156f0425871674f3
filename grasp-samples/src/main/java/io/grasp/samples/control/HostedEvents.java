package io.grasp.samples.control;

import io.grasp.api.Grasp;
import io.grasp.host.AsaHost;
import io.grasp.host.HostEvent;
import io.grasp.inspection.EventBatch;
import io.grasp.inspection.EventOptions;
import io.grasp.util.EventCollector;
import java.util.concurrent.RejectedExecutionException;
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
    private final EventCollector<HostedEvent> collector;
    private final FluxSink<EventBatch<HostedEvent>> watcher;
    private final Disposable.Swap timer = Disposables.swap();
    /** Whether the batch waits for the demand of the watcher. */
    private boolean isDue;

    private HostedEvents(Grasp grasp, EventOptions options, FluxSink<EventBatch<HostedEvent>> watcher) {
        this.grasp = grasp;
        this.collector = new EventCollector<>(
                () -> grasp.now().toNanos(), options.eventsPerSecond(), options.period(), EventOptions.GATHERING);
        this.watcher = watcher;
    }

    /** {@return the events from now on} It completes when the host is closed. */
    static Flux<EventBatch<HostedEvent>> of(Grasp grasp, AsaHost host, EventOptions options) {
        return Flux.create(watcher -> new HostedEvents(grasp, options, watcher).begin(host));
    }

    private void begin(AsaHost host) {
        watcher.onRequest(this::demanded);
        watcher.onDispose(
                Disposables.composite(timer, host.events().subscribe(this::add, watcher::error, this::complete)));
    }

    private void add(HostEvent event) {
        if (!collector.isCollecting()) {
            timer.update(Mono.delay(collector.begin(), grasp.scheduler()).subscribe(over -> emit(), nodeClosed -> {}));
        }
        if (collector.hasRoom()) {
            collector.add(new HostedEvent(grasp.now(), event));
        }
    }

    private void demanded(long more) {
        try {
            grasp.scheduler().schedule(this::handOutIfDue);
        } catch (RejectedExecutionException e) {
            // the node is closed, and the last batch was handed out
        }
    }

    private void emit() {
        isDue = true;
        handOutIfDue();
    }

    private void handOutIfDue() {
        if (isDue && watcher.requestedFromDownstream() > 0) {
            handOut();
        }
    }

    private void handOut() {
        isDue = false;
        watcher.next(collector.take(EventBatch::new));
    }

    /** The last events, such as that of an ASA that has stopped, wait for the demand of the watcher. */
    private void complete() {
        if (collector.isCollecting()) {
            handOut();
        }
        watcher.complete();
    }
}
