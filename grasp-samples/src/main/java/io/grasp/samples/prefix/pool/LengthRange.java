package io.grasp.samples.prefix.pool;

import io.grasp.samples.prefix.AddressFamily;

/**
 * The lengths of prefixes that peers may request.
 *
 * @param shortest the length of the largest prefix
 * @param longest the length of the smallest prefix
 */
public record LengthRange(int shortest, int longest) {
    /**
     * Checks the components.
     *
     * @throws IllegalArgumentException if they are not lengths, or are in the wrong order
     */
    public LengthRange {
        if (shortest < 0 || longest < shortest || longest > AddressFamily.IPV6.bits()) {
            throw new IllegalArgumentException("not a range of lengths: " + shortest + " to " + longest);
        }
    }

    /**
     * Whether a length may be requested.
     *
     * @param length the length of a prefix
     * @return whether it is in the range
     */
    public boolean contains(int length) {
        return length >= shortest && length <= longest;
    }
}
