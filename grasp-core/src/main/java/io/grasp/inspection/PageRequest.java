package io.grasp.inspection;

import io.grasp.util.AddressText;
import java.util.Objects;
import java.util.Optional;

/**
 * Which page of a list is wanted. Immutable.
 *
 * @param size the maximum number of entries, 1 to {@link #LARGEST_SIZE}
 * @param after the cursor of the page before ({@link Page#next}); empty for the first page
 * @param valueBytes up to how many bytes of each objective's value are returned, 0 to {@link #LARGEST_VALUE_BYTES}
 */
public record PageRequest(int size, Optional<String> after, int valueBytes) {
    /** The maximum number of entries of a page. */
    public static final int LARGEST_SIZE = 500;

    /** The maximum number of bytes of a value. */
    public static final int LARGEST_VALUE_BYTES = 4096;

    /** The first page, of 100 entries with up to 256 bytes of each value. */
    public static final PageRequest FIRST = new PageRequest(100, Optional.empty(), 256);

    /** Checks the components. */
    public PageRequest {
        Objects.requireNonNull(after, "after");
        if (size < 1 || size > LARGEST_SIZE) {
            throw new IllegalArgumentException("the size of a page is " + size + ", must be 1 to " + LARGEST_SIZE);
        }
        if (valueBytes < 0 || valueBytes > LARGEST_VALUE_BYTES) {
            throw new IllegalArgumentException(
                    "the bytes of a value are " + valueBytes + ", must be 0 to " + LARGEST_VALUE_BYTES);
        }
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }

    /**
     * {@return this request with another {@link #size}}
     *
     * @param newSize the maximum number of entries
     */
    public PageRequest withSize(int newSize) {
        return new PageRequest(newSize, after, valueBytes);
    }

    /**
     * {@return this request with another {@link #valueBytes}}
     *
     * @param newValueBytes the maximum number of bytes
     */
    public PageRequest withValueBytes(int newValueBytes) {
        return new PageRequest(size, after, newValueBytes);
    }

    /**
     * {@return the request for the page after another one}
     *
     * @param cursor the cursor in that page
     */
    public PageRequest after(String cursor) {
        return new PageRequest(size, Optional.of(cursor), valueBytes);
    }
}
