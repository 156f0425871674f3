package io.grasp.engine.watch;

import io.grasp.engine.node.Cancellable;
import io.grasp.inspection.EventBatch;
import io.grasp.util.Demand;
import org.jspecify.annotations.Nullable;

/**
 * One watcher of a feed. Without demand it holds the newest batch; what was in those before is counted as skipped.
 */
public final class EventWatcher<E> implements Cancellable {
    private final Feed<E> feed;
    private final EventListener<E> listener;
    private final Demand demand = new Demand();
    private @Nullable EventBatch<E> waiting;
    private long lost;

    EventWatcher(Feed<E> feed, EventListener<E> listener) {
        this.feed = feed;
        this.listener = listener;
    }

    /**
     * Requests more batches.
     *
     * @param more how many more, above 0; {@link Long#MAX_VALUE} is unbounded
     */
    public void request(long more) {
        demand.add(more);
        EventBatch<E> batch = waiting;
        if (batch != null) {
            waiting = null;
            deliver(batch);
        }
    }

    void batch(EventBatch<E> batch) {
        if (demand.isAny()) {
            deliver(batch);
            return;
        }
        if (waiting != null) {
            lost += waiting.skipped() + waiting.events().size();
        }
        waiting = batch;
    }

    private void deliver(EventBatch<E> batch) {
        demand.take();
        EventBatch<E> own = lost == 0 ? batch : new EventBatch<>(batch.events(), batch.skipped() + lost);
        lost = 0;
        listener.batch(own);
    }

    void stopped() {
        listener.stopped();
    }

    @Override
    public void cancel() {
        feed.remove(this);
    }
}
