package io.grasp.engine.node;

import io.grasp.model.Locator;
import org.jspecify.annotations.Nullable;

/** The memory that text of peers takes in a cache entry, in bytes. */
public final class TextBytes {
    private TextBytes() {}

    /**
     * {@return the bytes of a name and of the text in a locator} A character has up to 2 bytes, and the keys of the
     * entry may hold the text a second time.
     */
    public static int of(String name, @Nullable Locator locator) {
        return 2 * Character.BYTES * (name.length() + length(locator));
    }

    private static int length(@Nullable Locator locator) {
        if (locator instanceof Locator.Fqdn fqdn) {
            return fqdn.name().length();
        }
        return locator instanceof Locator.Uri uri ? uri.uri().length() : 0;
    }
}
