package io.grasp.model;

/**
 * A Session ID (RFC 8990 section 2.7): an opaque 32-bit number, unique only together with its initiator.
 *
 * @param value 0 to 4294967295
 */
public record SessionId(long value) {
    /** The largest Session ID. */
    public static final long MAX_VALUE = 0xFFFF_FFFFL;

    /** Checks the components. */
    public SessionId {
        if (value < 0 || value > MAX_VALUE) {
            throw new IllegalArgumentException("session ID " + value + " is not in 0.." + MAX_VALUE);
        }
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
