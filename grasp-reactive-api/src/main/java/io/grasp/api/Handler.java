package io.grasp.api;

import org.reactivestreams.Publisher;

/**
 * Handles what a listener gets: a request, a copy of a flooded objective, a message. Each item is handled apart from the
 * others.
 *
 * @param <T> what is handled
 */
@FunctionalInterface
public interface Handler<T> {
    /**
     * Begins to handle an item. Called on the node's loop, so it must not block.
     *
     * @param item the item
     * @return ends when the item has been handled; what it emits is ignored
     */
    Publisher<?> handle(T item);
}
