package io.grasp.simulation.trace;

import io.grasp.substrate.sim.SimEvent;

/**
 * A state that lasts: a node that is down or asleep, or a partition.
 *
 * @param kind what it began with: {@code CRASHED}, {@code SUSPENDED}, {@code CLOSED} or {@code PARTITIONED}
 * @param node the node's name, empty for a partition
 * @param firstRow the row that it begins in, or {@link #BEFORE}
 * @param lastRow the row that it ends in, or the number of rows if it does not end
 */
record ChartSpan(SimEvent.Kind kind, String node, int firstRow, int lastRow) {
    /** Stands for a row before the first one. */
    static final int BEFORE = -1;

    /** {@return whether it holds for all of a row} */
    boolean covers(int row) {
        return firstRow < row && row < lastRow;
    }
}
