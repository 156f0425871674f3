package io.grasp.util;

/**
 * How many more items a consumer has requested, as in Reactive Streams. An instance is confined to one thread.
 *
 * <pre>
 *   NONE ---- add ----------------------> SOME ---+ add; take, if more than one is left
 *    | ^                                   |  ^----+
 *    | '--- clear, take of the last one ---+
 *    |                                     '-- add beyond the range of a long --+
 *    '--------- add of Long.MAX_VALUE --------------------------------------> UNBOUNDED -- clear --> NONE
 * </pre>
 */
public final class Demand {
    private static final long UNBOUNDED = Long.MAX_VALUE;

    private long left;

    /**
     * Adds demand.
     *
     * @param more how many more items, above 0; {@link Long#MAX_VALUE} is unbounded
     */
    public void add(long more) {
        left = left + more < 0 ? UNBOUNDED : left + more;
    }

    /** Uses demand for one item; {@return whether demand for further ones is left} Without demand nothing is used. */
    public boolean take() {
        if (left != UNBOUNDED && left > 0) {
            left--;
        }
        return left > 0;
    }

    /** {@return whether there is demand for at least one item} */
    public boolean isAny() {
        return left > 0;
    }

    /** {@return for how many items there is demand; {@link Long#MAX_VALUE} if it is unbounded} */
    public long left() {
        return left;
    }

    /** Withdraws the demand. */
    public void clear() {
        left = 0;
    }
}
