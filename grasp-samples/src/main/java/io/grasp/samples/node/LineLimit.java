package io.grasp.samples.node;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Limits the lines about events that peers can cause at any rate, so that they neither fill a disk nor wait for a
 * terminal: each subject has some lines a minute, and all together have some. The others are counted. It may be used on
 * several threads.
 */
public final class LineLimit {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final LongSupplier nanoTime;
    private final int each;
    private final int all;

    /** The lines of the present minute. */
    private final Map<Object, Integer> printed = new HashMap<>();

    private int lines;
    private long minuteBegan;
    private long unprinted;

    /**
     * @param nanoTime the clock
     * @param each how many lines each subject may have in a minute
     * @param all how many lines all subjects may have in a minute
     */
    public LineLimit(LongSupplier nanoTime, int each, int all) {
        this.nanoTime = nanoTime;
        this.each = each;
        this.all = all;
    }

    /**
     * {@return whether a line may be printed} If not, it is counted.
     *
     * @param subject what the line is about
     * @param omitted receives, before that line, how many were not printed in the minute before, if there were any
     */
    public synchronized boolean permits(Object subject, LongConsumer omitted) {
        long now = nanoTime.getAsLong();
        if (lines == 0 || now - minuteBegan >= MINUTE) {
            if (unprinted > 0) {
                omitted.accept(unprinted);
            }
            printed.clear();
            lines = 0;
            unprinted = 0;
            minuteBegan = now;
        }
        if (lines < all && printed.getOrDefault(subject, 0) < each) {
            printed.merge(subject, 1, Integer::sum);
            lines++;
            return true;
        }
        unprinted++;
        return false;
    }
}
