package io.grasp.observe;

import io.grasp.config.Limits;

/** The caches of a node. */
public enum CacheKind {
    /**
     * Locators found by discovery, with one entry for each objective ({@link Limits#discoveryBytes} and
     * {@link Limits#relayedLocatorBytes}).
     */
    DISCOVERY,
    /**
     * Flooded objectives, with one entry for each name, tag and origin ({@link Limits#floodBytes} and
     * {@link Limits#ownFloodBytes}).
     */
    FLOOD
}
