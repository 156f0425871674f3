package io.grasp.engine.watch;

import io.grasp.inspection.EventBatch;

/** Receives the events of one watcher, as far as they are requested. */
public interface EventListener<E> {
    /** Events have happened. */
    void batch(EventBatch<E> batch);

    /** The node has been closed. */
    void stopped();
}
