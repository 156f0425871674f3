package io.grasp.samples.prefix.store;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * One change of a store, which happens as a whole.
 *
 * @param put new records, or new content of existing ones; copied
 * @param removed the numbers of removed records; copied
 * @param logged new records of the log, or new content of existing ones; copied
 * @param unlogged the numbers of records that are removed from the log; copied
 */
public record StoreChange(Map<Long, String> put, Set<Long> removed, Map<Long, String> logged, Set<Long> unlogged) {
    /** Copies the components. */
    public StoreChange {
        put = Map.copyOf(put);
        removed = Set.copyOf(removed);
        logged = Map.copyOf(logged);
        unlogged = Set.copyOf(unlogged);
    }

    /** {@return whether it changes nothing} */
    public boolean isEmpty() {
        return put.isEmpty() && removed.isEmpty() && logged.isEmpty() && unlogged.isEmpty();
    }

    /**
     * What makes one content another.
     *
     * @param from the content of the store
     * @param to the content that it should have
     * @return the change
     */
    public static StoreChange between(StoreContent from, StoreContent to) {
        return new StoreChange(
                changed(from.records(), to.records()),
                removed(from.records(), to.records()),
                changed(from.log(), to.log()),
                removed(from.log(), to.log()));
    }

    private static Map<Long, String> changed(Map<Long, String> from, Map<Long, String> to) {
        Map<Long, String> changed = new HashMap<>(to);
        changed.entrySet().removeAll(from.entrySet());
        return changed;
    }

    private static Set<Long> removed(Map<Long, String> from, Map<Long, String> to) {
        Set<Long> removed = new HashSet<>(from.keySet());
        removed.removeAll(to.keySet());
        return removed;
    }
}
