package io.grasp.logging;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lines of one kind that peers can cause at any rate: in each interval the first ones are written, and the others are
 * counted.
 *
 * <pre>
 *   QUIET   --- a line: written -----------------------------------------------> OPEN
 *   OPEN    --- a line: written if there is room, otherwise counted -----------> OPEN
 *   OPEN    --- the interval is over, lines were counted: their number is written, which is the first line of the
 *               next interval --------------------------------------------------> OPEN
 *   OPEN    --- a line after the interval is over, none was counted: written --> OPEN, a new interval
 * </pre>
 */
final class Summed {
    private final int most;
    private final long intervalNanos;
    private boolean open;
    private long begun;
    private int lines;
    private long omitted;
    private @Nullable Supplier<String> last;

    /** @param most how many lines of an interval are written, at least 1 */
    Summed(int most, long intervalNanos) {
        this.most = most;
        this.intervalNanos = intervalNanos;
    }

    /**
     * {@return whether the line is written now; otherwise it has been counted}
     *
     * @param detail what the summary says about it if it is the last one counted
     */
    boolean permits(long now, Supplier<String> detail) {
        if (!open || omitted == 0 && isOver(now)) {
            open = true;
            begun = now;
            lines = 0;
        }
        if (lines < most) {
            lines++;
            return true;
        }
        omitted++;
        last = detail;
        return false;
    }

    /** {@return when the interval is over, on the clock of the node} */
    long due() {
        return begun + intervalNanos;
    }

    private boolean isOver(long now) {
        return now - due() >= 0;
    }

    boolean hasOmitted() {
        return omitted > 0;
    }

    /**
     * {@return what was counted, and begins the next interval; {@code null} if nothing was, or if the interval is not
     * over}
     *
     * @param ends whether no event follows, so that the interval ends now
     */
    @Nullable
    Count take(long now, boolean ends) {
        if (omitted == 0 || !ends && !isOver(now)) {
            return null;
        }
        Supplier<String> detail = last;
        Count count = new Count(omitted, now - begun, detail == null ? "" : detail.get());
        last = null;
        omitted = 0;
        begun = now;
        lines = 1;
        return count;
    }

    /**
     * Lines that were not written.
     *
     * @param number how many
     * @param nanos the time since the interval began
     * @param last what was to be said about the last one
     */
    record Count(long number, long nanos, String last) {}
}
