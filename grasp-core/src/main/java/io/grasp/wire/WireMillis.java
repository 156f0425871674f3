package io.grasp.wire;

import io.grasp.model.GraspErrorCode;
import io.grasp.model.GraspException;
import java.time.Duration;

/**
 * Times as messages carry them: 0 to 4294967295 whole milliseconds (RFC 8990 section 4). Fractions are rounded up,
 * because 0 has a special meaning: unlimited in M_FLOOD and M_RESPONSE, end at once in M_WAIT.
 */
public final class WireMillis {
    public static final long MAX = 0xFFFF_FFFFL;

    private static final Duration LONGEST = Duration.ofMillis(MAX);
    private static final Duration ALMOST_ONE = Duration.ofMillis(1).minusNanos(1);

    private WireMillis() {}

    /**
     * Converts a time given by an author.
     *
     * @return the time in milliseconds; 0 only for zero
     * @throws GraspException with {@link GraspErrorCode#UNSPECIFIED} if it is negative or too long
     */
    public static long of(Duration time) {
        if (!fits(time)) {
            throw GraspException.local(
                    GraspErrorCode.UNSPECIFIED, "a time of " + time + " is not in 0.." + MAX + " ms");
        }
        return roundedUp(time);
    }

    /** {@return whether a message can carry a time} */
    public static boolean fits(Duration time) {
        return !time.isNegative() && time.compareTo(LONGEST) <= 0;
    }

    /**
     * Converts a remaining time to live.
     *
     * @return the time in milliseconds: at least 1, because it has not expired yet, and at most what a message can
     *     carry
     */
    public static long left(Duration ttl) {
        if (!fits(ttl)) {
            return ttl.isNegative() ? 1 : MAX;
        }
        return Math.max(1, roundedUp(ttl));
    }

    private static long roundedUp(Duration time) {
        return time.plus(ALMOST_ONE).toMillis();
    }
}
