package io.grasp.engine.node;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Durations in nanoseconds, the unit of the loop's clock. */
public final class Nanos {
    /** Half the clock's range minus a margin: differences of clock values must stay comparable. */
    private static final long LONGEST = Long.MAX_VALUE / 4;

    private Nanos() {}

    public static long of(Duration duration) {
        if (duration.isNegative()) {
            return 0;
        }
        return duration.toSeconds() >= TimeUnit.NANOSECONDS.toSeconds(LONGEST) ? LONGEST : duration.toNanos();
    }
}
