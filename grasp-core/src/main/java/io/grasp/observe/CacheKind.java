package io.grasp.observe;

import io.grasp.config.Limits;

/** What a node remembers of others. */
public enum CacheKind {
    /** Locators found by discovery; an entry is an objective ({@link Limits#discoveryEntries}). */
    DISCOVERY,
    /** Flooded objectives; an entry is a copy, by name and tag ({@link Limits#floodEntries}). */
    FLOOD
}
