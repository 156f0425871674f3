package io.grasp.substrate.netty;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * The time of a loop. Java's clock stops while the machine sleeps, and without correction every time to live would stop
 * too. So the loop adds the time asleep in one leap as soon as it notices it. On Linux, {@code /proc/uptime} includes
 * the time asleep. On other systems the loop compares the wall clock with Java's clock. Setting the wall clock forward
 * looks like a sleep there, so only a difference of ten seconds or more counts.
 */
final class LoopClock {
    /** Shorter sleeps cannot be distinguished from the clocks' coarseness. They add up until they are long enough. */
    static final long SHORTEST_SLEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long SHORTEST_SLEEP_BY_WALL_CLOCK_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** The time since boot if the system does not report it. */
    static final long UNKNOWN = -1;

    /** Two clocks cannot be compared if the readings are further apart. */
    private static final long LONGEST_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final Path UPTIME = Path.of("/proc/uptime");
    private static final int NANOS_DIGITS = 9;

    private final LongSupplier awake;
    private final LongSupplier sinceBoot;
    private final long shortestSleep;
    private boolean compared;
    private long ahead;

    /** Read by any thread, written by the loop's. */
    private final AtomicLong asleep = new AtomicLong();

    /**
     * @param awake nanoseconds that do not count the time asleep
     * @param sinceBoot nanoseconds that include the time asleep, or {@link #UNKNOWN}
     */
    LoopClock(LongSupplier awake, LongSupplier sinceBoot) {
        this(awake, sinceBoot, SHORTEST_SLEEP_NANOS);
    }

    private LoopClock(LongSupplier awake, LongSupplier sinceBoot, long shortestSleep) {
        this.awake = awake;
        this.sinceBoot = sinceBoot;
        this.shortestSleep = shortestSleep;
    }

    static LoopClock ofMachine() {
        return Files.exists(UPTIME)
                ? new LoopClock(System::nanoTime, LoopClock::uptime)
                : byWallClock(System::nanoTime, System::currentTimeMillis);
    }

    static LoopClock byWallClock(LongSupplier awake, LongSupplier wallClockMillis) {
        return new LoopClock(
                awake,
                () -> TimeUnit.MILLISECONDS.toNanos(wallClockMillis.getAsLong()),
                SHORTEST_SLEEP_BY_WALL_CLOCK_NANOS);
    }

    long nanoTime() {
        return awake.getAsLong() + asleep.get();
    }

    /** Adds the time that the machine has slept since the last call; {@return whether it has slept} */
    boolean catchUp() {
        long before = awake.getAsLong();
        long boot = sinceBoot.getAsLong();
        long after = awake.getAsLong();
        if (boot == UNKNOWN || after - before > LONGEST_LOOK_NANOS) {
            return false;
        }
        long aheadNow = boot - after;
        long slept = compared ? aheadNow - ahead : 0;
        if (!compared || Math.abs(slept) >= shortestSleep) {
            compared = true;
            ahead = aheadNow;
        }
        if (slept < shortestSleep) {
            return false;
        }
        asleep.addAndGet(slept);
        return true;
    }

    private static long uptime() {
        try {
            String seconds = Files.readString(UPTIME).split(" ", 2)[0];
            return new BigDecimal(seconds).movePointRight(NANOS_DIGITS).longValue();
        } catch (IOException | NumberFormatException e) {
            return UNKNOWN;
        }
    }
}
