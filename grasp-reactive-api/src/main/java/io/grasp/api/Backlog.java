package io.grasp.api;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The published values for which there has been no demand yet. */
interface Backlog<T> {
    void add(T value);

    /** {@return the next value, or {@code null}} */
    @Nullable
    T poll();

    boolean isEmpty();

    /** Keeps all values, for sources that are bounded themselves. */
    final class Fifo<T> implements Backlog<T> {
        private final Queue<T> values = new ArrayDeque<>(2);

        @Override
        public void add(T value) {
            values.add(value);
        }

        @Override
        public @Nullable T poll() {
            return values.poll();
        }

        @Override
        public boolean isEmpty() {
            return values.isEmpty();
        }
    }

    /** Keeps the latest value of each key, for a limited number of keys; the oldest is removed first. */
    final class Latest<T> implements Backlog<T> {
        private final Map<Object, T> values = new LinkedHashMap<>();
        private final Function<T, Object> key;
        private final int capacity;

        Latest(Function<T, Object> key, int capacity) {
            this.key = key;
            this.capacity = capacity;
        }

        @Override
        public void add(T value) {
            values.put(key.apply(value), value);
            if (values.size() > capacity) {
                Iterator<T> oldest = values.values().iterator();
                oldest.next();
                oldest.remove();
            }
        }

        @Override
        public @Nullable T poll() {
            Iterator<T> oldest = values.values().iterator();
            if (!oldest.hasNext()) {
                return null;
            }
            T value = oldest.next();
            oldest.remove();
            return value;
        }

        @Override
        public boolean isEmpty() {
            return values.isEmpty();
        }
    }
}
