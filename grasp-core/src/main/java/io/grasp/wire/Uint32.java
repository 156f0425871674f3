package io.grasp.wire;

/** The range of Session IDs, times to live and waiting times: 0..4294967295 (RFC 8990 section 4). */
final class Uint32 {
    static final long MAX_VALUE = 0xFFFF_FFFFL;

    private Uint32() {}

    static void check(long value, String what) {
        if (value < 0 || value > MAX_VALUE) {
            throw new IllegalArgumentException(what + " " + value + " is not in 0.." + MAX_VALUE);
        }
    }
}
