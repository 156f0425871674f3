package io.grasp.metrics;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** Holds one value for each constant of an enum. */
final class Each<K extends Enum<K>, V> {
    private final Map<K, V> values;

    Each(Class<K> keys, Function<K, V> value) {
        values = new EnumMap<>(keys);
        for (K key : keys.getEnumConstants()) {
            values.put(key, value.apply(key));
        }
    }

    V get(K key) {
        return Objects.requireNonNull(values.get(key));
    }
}
