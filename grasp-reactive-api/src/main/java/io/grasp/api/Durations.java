package io.grasp.api;

import io.grasp.config.Timeouts;
import java.time.Duration;

/** Checks the times that an author sets. */
final class Durations {
    private Durations() {}

    /** {@return the time, which is above zero} */
    static Duration requirePositive(String what, Duration time) {
        if (time.isZero() || time.isNegative()) {
            throw new IllegalArgumentException(what + " is " + time + ", must be above zero");
        }
        return time;
    }

    /** {@return the time to live, which is above zero and fits in a message} */
    static Duration requireTtl(String what, Duration ttl) {
        if (requirePositive(what, ttl).compareTo(Timeouts.LONGEST_WAIT) > 0) {
            throw new IllegalArgumentException(
                    what + " is " + ttl + ", must be " + Timeouts.LONGEST_WAIT.toMillis() + " ms at most");
        }
        return ttl;
    }
}
