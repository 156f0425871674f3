package io.grasp.samples.prefix.store;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that a store contains.
 *
 * @param records the records by number; copied
 * @param log the log by number; copied
 */
public record StoreContent(SortedMap<Long, String> records, SortedMap<Long, String> log) {
    /** The content of a new store. */
    public static final StoreContent EMPTY = new StoreContent(Map.of(), Map.of());

    /** Copies the components. */
    public StoreContent {
        records = Collections.unmodifiableSortedMap(new TreeMap<>(records));
        log = Collections.unmodifiableSortedMap(new TreeMap<>(log));
    }

    /**
     * The content of two maps.
     *
     * @param records the records by number; copied
     * @param log the log by number; copied
     */
    public StoreContent(Map<Long, String> records, Map<Long, String> log) {
        this(new TreeMap<>(records), new TreeMap<>(log));
    }
}
