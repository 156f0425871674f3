package io.grasp.util;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Pauses between attempts that fail. Each has a bound, which doubles with each failure in a row.
 *
 * @param first the bound after the first failure
 * @param longest the bound to which it grows, at least the first one
 */
public record GrowingPauses(Duration first, Duration longest) {
    /** Checks the components. */
    public GrowingPauses {
        SettingChecks.positive("first", first);
        if (longest.compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    "the longest pause, " + longest + ", is shorter than the first, " + first);
        }
    }

    /** {@return the bound after a number of failures in a row} */
    public Duration bound(long failures) {
        Duration bound = first;
        for (long i = 1; i < failures && bound.compareTo(longest) < 0; i++) {
            bound = bound.multipliedBy(2);
        }
        return bound.compareTo(longest) < 0 ? bound : longest;
    }

    /** {@return a random pause, at most the bound} Many that fail at the same time try again at different times. */
    public Duration random(long failures, RandomGenerator random) {
        return Duration.ofNanos(random.nextLong(bound(failures).toNanos() + 1));
    }

    /** {@return a random pause, at least half of the bound, and at most the bound} */
    public Duration upperHalf(long failures, RandomGenerator random) {
        long nanos = bound(failures).toNanos();
        return Duration.ofNanos(nanos - random.nextLong(nanos / 2 + 1));
    }
}
