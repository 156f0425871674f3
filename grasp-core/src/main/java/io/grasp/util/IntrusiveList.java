package io.grasp.util;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A list in insertion order, from which each element can be removed in constant time. Not thread-safe.
 *
 * @param <T> the type of the elements
 */
public final class IntrusiveList<T> {
    private @Nullable Node<T> first;
    private @Nullable Node<T> last;
    private int size;

    /** Makes an empty list. */
    public IntrusiveList() {}

    /**
     * Adds an element at the end.
     *
     * @param value the element
     * @return its place in the list, which removes it
     */
    public Node<T> add(T value) {
        Node<T> node = new Node<>(this, value);
        node.before = last;
        if (last == null) {
            first = node;
        } else {
            last.after = node;
        }
        last = node;
        size++;
        return node;
    }

    /** {@return the number of elements} */
    public int size() {
        return size;
    }

    /** {@return the place of the oldest element; {@code null} if the list is empty} */
    public @Nullable Node<T> first() {
        return first;
    }

    /** {@return the place of the newest element; {@code null} if the list is empty} */
    public @Nullable Node<T> last() {
        return last;
    }

    /** {@return a copy of the elements} */
    public List<T> all() {
        List<T> all = new ArrayList<>(size);
        for (Node<T> node = first; node != null; node = node.after) {
            all.add(node.value);
        }
        return all;
    }

    /**
     * A place in a list.
     *
     * @param <T> the type of the element
     */
    public static final class Node<T> {
        private final T value;
        private @Nullable IntrusiveList<T> list;
        private @Nullable Node<T> before;
        private @Nullable Node<T> after;

        private Node(IntrusiveList<T> list, T value) {
            this.list = list;
            this.value = value;
        }

        /** {@return the element, also after its removal} */
        public T value() {
            return value;
        }

        /** {@return the place of the next older element; {@code null} if there is none, and after the removal} */
        public @Nullable Node<T> before() {
            return before;
        }

        /** {@return the place of the next younger element; {@code null} if there is none, and after the removal} */
        public @Nullable Node<T> next() {
            return after;
        }

        /** Removes the element. A second call does nothing. */
        public void leave() {
            if (list == null) {
                return;
            }
            if (before == null) {
                list.first = after;
            } else {
                before.after = after;
            }
            if (after == null) {
                list.last = before;
            } else {
                after.before = before;
            }
            list.size--;
            list = null;
            before = null; // a removed place would keep later ones and their elements alive
            after = null;
        }
    }
}
