package io.grasp.benchmarks.load;

import org.HdrHistogram.Histogram;

/**
 * What came of a run.
 *
 * @param completed sessions that ended well within the time
 * @param failed sessions that did not
 * @param nanos the time
 * @param latency of the sessions, in nanoseconds, as measured
 * @param secondBySecond how many sessions ended well in each second
 * @param compilingMillis how long the JIT compilers of the contender's process worked meanwhile
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Tally(long completed, long failed, long nanos, Histogram latency, long[] secondBySecond, long compilingMillis) {
    /** A compiler that works longer than this part of the time takes it from the sessions. */
    private static final double COMPILING = 0.02;

    double perSecond() {
        return completed * 1e9 / nanos;
    }

    /** {@return whether the compilers of the process hardly worked} */
    boolean isQuiet() {
        return compilingMillis * 1e6 <= COMPILING * nanos;
    }

    /**
     * The latency corrected for coordinated omission: who holds one session after the other begins none while one is
     * stalled, and so measures none of the stalls that others would have met. For each session that took longer than the median
     * those are added that should have begun meanwhile, one each median time.
     */
    Histogram corrected() {
        long median = Math.max(1, latency.getValueAtPercentile(50));
        return latency.copyCorrectedForCoordinatedOmission(median);
    }
}
