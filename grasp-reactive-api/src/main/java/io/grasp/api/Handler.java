package io.grasp.api;

import org.reactivestreams.Publisher;

/**
 * Handles the items of a listener: requests, copies of a flooded objective, or messages. Each item is handled in
 * isolation.
 *
 * @param <T> the type of the items
 */
@FunctionalInterface
public interface Handler<T> {
    /**
     * Begins to handle an item. Called on the node's loop, so it must not block.
     *
     * @param item the item
     * @return ends when the item has been handled; its values are ignored
     */
    Publisher<?> handle(T item);
}
