package io.grasp.inspection;

import io.grasp.util.AddressText;
import java.util.List;

/**
 * Events of a short time, in the order in which they happened. Watchers with equal {@link EventOptions} share it.
 *
 * @param events the events
 * @param skipped the number of further events since the batch before that are not in it, because there were more than
 *     {@link EventOptions#eventsPerSecond}, or because the watcher did not take its batches
 * @param <E> the type of the events
 */
public record EventBatch<E>(List<E> events, long skipped) {
    /** Copies the list. */
    public EventBatch {
        events = List.copyOf(events);
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
