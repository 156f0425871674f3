package io.grasp.engine.node;

import io.grasp.inspection.DropCount;
import io.grasp.observe.DropReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Counts what a node drops. Most nodes have few reasons, so only these take memory. */
final class DropCounters {
    private static final DropReason[] NO_REASONS = {};
    private static final long[] NO_COUNTS = {};
    private static final int FEW = 4;

    private DropReason[] reasons = NO_REASONS;
    private long[] counts = NO_COUNTS;
    private long[] lastNanos = NO_COUNTS;
    private int size;

    void add(DropReason reason, long now) {
        int i = 0;
        while (i < size && reasons[i] != reason) {
            i++;
        }
        if (i == size) {
            if (size == counts.length) {
                reasons = Arrays.copyOf(reasons, size + FEW);
                counts = Arrays.copyOf(counts, size + FEW);
                lastNanos = Arrays.copyOf(lastNanos, size + FEW);
            }
            reasons[size++] = reason;
        }
        counts[i]++;
        lastNanos[i] = now;
    }

    /** {@return how often something was dropped, for each reason for which it was, in the order of the reasons} */
    List<DropCount> counts(long now) {
        List<DropCount> all = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            all.add(new DropCount(reasons[i], counts[i], Duration.ofNanos(now - lastNanos[i])));
        }
        all.sort(Comparator.comparing(DropCount::reason));
        return all;
    }
}
