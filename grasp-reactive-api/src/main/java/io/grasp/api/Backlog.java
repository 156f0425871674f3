package io.grasp.api;

import io.grasp.engine.fairness.FairPlaces;
import io.grasp.engine.fairness.TrafficSource;
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

    /** The values will not be polled. */
    default void clear() {}

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

    /**
     * Keeps the latest value of each key, in a memory that it shares with values of its kind. If that is used up, the
     * oldest value of the source with the largest share is removed.
     */
    final class Latest<T> implements Backlog<T> {
        private final Function<T, Object> key;
        private final Function<T, TrafficSource> source;
        private final ToIntFunction<T> bytes;
        private final FairPlaces<Runnable> places;
        /** The oldest value takes no place, so that one that is emitted at once costs nothing. */
        private @Nullable T first;

        private final Map<Object, Waiting> values = new LinkedHashMap<>();

        Latest(
                Function<T, Object> key,
                Function<T, TrafficSource> source,
                ToIntFunction<T> bytes,
                FairPlaces<Runnable> places) {
            this.key = key;
            this.source = source;
            this.bytes = bytes;
            this.places = places;
        }

        @Override
        public void add(T value) {
            if (first == null ? values.isEmpty() : key.apply(first).equals(key.apply(value))) {
                first = value;
                return;
            }
            Waiting waiting = new Waiting(value, key.apply(value));
            Waiting before = values.put(waiting.key, waiting);
            if (before != null) {
                before.leave();
            }
            waiting.place = places.take(source.apply(value), waiting, bytes.applyAsInt(value));
            if (waiting.place == null) {
                waiting.run(); // it does not fit
            }
        }

        @Override
        public @Nullable T poll() {
            if (first != null) {
                T value = first;
                first = null;
                return value;
            }
            Iterator<Waiting> oldest = values.values().iterator();
            if (!oldest.hasNext()) {
                return null;
            }
            Waiting next = oldest.next();
            oldest.remove();
            next.leave();
            return next.value;
        }

        @Override
        public boolean isEmpty() {
            return first == null && values.isEmpty();
        }

        @Override
        public void clear() {
            first = null;
            values.values().forEach(Waiting::leave);
            values.clear();
        }

        /** A value with its place, which it gives up to another one by {@link #run}. */
        private final class Waiting implements Runnable {
            private final T value;
            private final Object key;
            private FairPlaces.@Nullable Place<Runnable> place;

            Waiting(T value, Object key) {
                this.value = value;
                this.key = key;
            }

            @Override
            public void run() {
                values.remove(key);
            }

            private void leave() {
                if (place != null) {
                    place.leave();
                }
            }
        }
    }
}
