package io.grasp.api;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.Function;
import java.util.function.ToIntFunction;
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

    /** Keeps the latest value of each key, in a limited memory; the value of the oldest key is removed first. */
    final class Latest<T> implements Backlog<T> {
        private final Map<Object, T> values = new LinkedHashMap<>();
        private final Function<T, Object> key;
        private final ToIntFunction<T> bytes;
        private final long capacity;
        private long used;

        Latest(Function<T, Object> key, ToIntFunction<T> bytes, long capacity) {
            this.key = key;
            this.bytes = bytes;
            this.capacity = capacity;
        }

        @Override
        public void add(T value) {
            T before = values.put(key.apply(value), value);
            used += bytes.applyAsInt(value) - (before == null ? 0 : bytes.applyAsInt(before));
            while (used > capacity && values.size() > 1) {
                poll();
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
            used -= bytes.applyAsInt(value);
            return value;
        }

        @Override
        public boolean isEmpty() {
            return values.isEmpty();
        }
    }
}
