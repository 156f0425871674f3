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
    private @Nullable Link<T> first;
    private @Nullable Link<T> last;
    private int size;

    /** Makes an empty list. */
    public IntrusiveList() {}

    /**
     * Adds an element at the end.
     *
     * @param value the element
     * @return its place in the list, which removes it
     */
    public Link<T> add(T value) {
        Link<T> link = new Link<>(this, value);
        link.before = last;
        if (last == null) {
            first = link;
        } else {
            last.after = link;
        }
        last = link;
        size++;
        return link;
    }

    /** {@return the number of elements} */
    public int size() {
        return size;
    }

    /** {@return the place of the oldest element; {@code null} if the list is empty} */
    public @Nullable Link<T> first() {
        return first;
    }

    /** {@return a copy of the elements} */
    public List<T> all() {
        List<T> all = new ArrayList<>(size);
        for (Link<T> link = first; link != null; link = link.after) {
            all.add(link.value);
        }
        return all;
    }

    /**
     * A place in a list.
     *
     * @param <T> the type of the element
     */
    public static final class Link<T> {
        private final T value;
        private @Nullable IntrusiveList<T> chain;
        private @Nullable Link<T> before;
        private @Nullable Link<T> after;

        private Link(IntrusiveList<T> chain, T value) {
            this.chain = chain;
            this.value = value;
        }

        /** {@return the element, also after its removal} */
        public T value() {
            return value;
        }

        /** Removes the element. A second call does nothing. */
        public void leave() {
            if (chain == null) {
                return;
            }
            if (before == null) {
                chain.first = after;
            } else {
                before.after = after;
            }
            if (after == null) {
                chain.last = before;
            } else {
                after.before = before;
            }
            chain.size--;
            chain = null;
            before = null; // a removed place would keep later ones and their elements alive
            after = null;
        }
    }
}
