package io.grasp.samples.prefix.pool;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * What numbered values were before their changes, so that the changes can be written as one, or taken back.
 *
 * @param <V> the type of the values
 */
final class UndoLog<V> {
    private record Change<V>(long number, Optional<V> before) {}

    private final List<Change<V>> changes = new ArrayList<>();

    /** Records a change, before it is made or after. */
    void add(long number, Optional<V> before) {
        changes.add(new Change<>(number, before));
    }

    int size() {
        return changes.size();
    }

    void clear() {
        changes.clear();
    }

    /**
     * Takes back changes, the last one first.
     *
     * @param kept how many of the changes, the first ones, stay
     * @param restore makes a value what it was; empty if there was none
     */
    void undo(int kept, BiConsumer<Long, Optional<V>> restore) {
        while (changes.size() > kept) {
            Change<V> last = changes.remove(changes.size() - 1);
            restore.accept(last.number, last.before);
        }
    }

    /** {@return the values that are new or were changed, as they are now} */
    Map<Long, V> changed(Map<Long, V> values) {
        Map<Long, V> changed = new HashMap<>();
        for (Change<V> change : changes) {
            V now = values.get(change.number);
            if (now != null) {
                changed.put(change.number, now);
            }
        }
        return changed;
    }

    /** {@return the numbers of values that existed before all changes, and no longer do} */
    Set<Long> removed(Map<Long, V> values) {
        Map<Long, Optional<V>> first = new LinkedHashMap<>();
        changes.forEach(change -> first.putIfAbsent(change.number, change.before));
        Set<Long> removed = new HashSet<>();
        first.forEach((number, before) -> {
            if (before.isPresent() && !values.containsKey(number)) {
                removed.add(number);
            }
        });
        return removed;
    }
}
