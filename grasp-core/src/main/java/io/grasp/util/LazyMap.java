package io.grasp.util;

import java.util.AbstractCollection;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A map in insertion order that usually has no entry or one, and then takes a fraction of the memory of another one: a
 * node has many of them, and a simulated network many nodes. So it is no AbstractMap, which has two more fields. Not
 * thread-safe.
 *
 * @param <K> the type of the keys, not {@code null}
 * @param <V> the type of the values, not {@code null}
 */
public final class LazyMap<K, V> implements Map<K, V> {
    private static final int FEW = 4;

    /** Immutable while there is at most one: {@link #several} says so. */
    private Map<K, V> entries = Map.of();

    /** Makes an empty map. */
    public LazyMap() {}

    private boolean several() {
        return entries instanceof LinkedHashMap;
    }

    @Override
    public int size() {
        return entries.size();
    }

    @Override
    public boolean isEmpty() {
        return entries.isEmpty();
    }

    @Override
    public boolean containsKey(Object key) {
        return entries.containsKey(key);
    }

    @Override
    public boolean containsValue(Object value) {
        return entries.containsValue(value);
    }

    @Override
    public @Nullable V get(Object key) {
        return entries.get(key);
    }

    @Override
    public @Nullable V put(K key, V value) {
        if (several()) {
            return entries.put(key, value);
        }
        V former = entries.get(key);
        if (entries.isEmpty() || former != null) {
            entries = Map.of(key, value);
            return former;
        }
        Map<K, V> more = new LinkedHashMap<>(FEW);
        more.putAll(entries);
        more.put(key, value);
        entries = more;
        return null;
    }

    @Override
    public void putAll(Map<? extends K, ? extends V> others) {
        others.forEach(this::put);
    }

    @Override
    public @Nullable V remove(Object key) {
        V removed = several() ? entries.remove(key) : entries.get(key);
        if (removed != null && (!several() || entries.isEmpty())) {
            clear();
        }
        return removed;
    }

    @Override
    public void clear() {
        entries = Map.of();
    }

    @Override
    public Set<Map.Entry<K, V>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Map.Entry<K, V>> iterator() {
                return new EntryIterator<>(each -> each);
            }

            @Override
            public int size() {
                return LazyMap.this.size();
            }
        };
    }

    @Override
    public Set<K> keySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<K> iterator() {
                return new EntryIterator<>(Map.Entry::getKey);
            }

            @Override
            public int size() {
                return LazyMap.this.size();
            }

            @Override
            public boolean contains(Object key) {
                return containsKey(key);
            }
        };
    }

    @Override
    public Collection<V> values() {
        return new AbstractCollection<>() {
            @Override
            public Iterator<V> iterator() {
                return new EntryIterator<>(Map.Entry::getValue);
            }

            @Override
            public int size() {
                return LazyMap.this.size();
            }
        };
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other == this || entries.equals(other);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(entries);
    }

    @Override
    public String toString() {
        return entries.toString();
    }

    private final class EntryIterator<T> implements Iterator<T> {
        private final Iterator<Map.Entry<K, V>> iterator = entries.entrySet().iterator();
        private final Function<Map.Entry<K, V>, T> part;

        EntryIterator(Function<Map.Entry<K, V>, T> part) {
            this.part = part;
        }

        @Override
        public boolean hasNext() {
            return iterator.hasNext();
        }

        @Override
        public T next() {
            return part.apply(iterator.next());
        }

        @Override
        public void remove() {
            if (several()) {
                iterator.remove();
            } else {
                clear();
            }
        }
    }
}
