package io.grasp.util;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Things in the order in which they came, each of which can leave at any time without being looked for. For one thread.
 *
 * @param <T> what they are
 */
public final class IntrusiveList<T> {
    private @Nullable Link<T> first;
    private @Nullable Link<T> last;
    private int size;

    /** Makes a chain of nothing. */
    public IntrusiveList() {}

    /**
     * Adds a thing behind the others.
     *
     * @param value the thing
     * @return its place, by which it leaves
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

    /** {@return how many are there} */
    public int size() {
        return size;
    }

    /** {@return the place of what came first of those that are there; {@code null} if nothing is} */
    public @Nullable Link<T> first() {
        return first;
    }

    /** {@return what is there now, as a copy} */
    public List<T> all() {
        List<T> all = new ArrayList<>(size);
        for (Link<T> link = first; link != null; link = link.after) {
            all.add(link.value);
        }
        return all;
    }

    /**
     * A place in a chain.
     *
     * @param <T> what is there
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

        /** {@return what is there, or was until it left} */
        public T value() {
            return value;
        }

        /** Takes it out; again does nothing. */
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
            before = null; // one that is old would keep those after it alive, and what they hold
            after = null;
        }
    }
}
