package io.grasp.api;

import io.grasp.config.Timeouts;
import io.grasp.util.SettingChecks;
import java.time.Duration;

/** Checks the times to live that an author sets. */
final class Durations {
    private Durations() {}

    /** {@return the time to live, which is above zero and fits in a message} */
    static Duration requireTtl(String what, Duration ttl) {
        if (SettingChecks.positive(what, ttl).compareTo(Timeouts.LONGEST_WAIT) > 0) {
            throw new IllegalArgumentException(
                    what + " is " + ttl + ", must be " + Timeouts.LONGEST_WAIT.toMillis() + " ms at most");
        }
        return ttl;
    }
}
