package io.grasp.benchmarks.load.workload;

import org.HdrHistogram.Histogram;

/**
 * The results of a run.
 *
 * @param completed the number of sessions that succeeded within the time
 * @param failed the number of sessions that failed
 * @param nanos the duration
 * @param latency the measured latency of the sessions, in nanoseconds
 * @param secondBySecond the number of sessions that succeeded in each second
 * @param compilingMillis the time that the JIT compilers of the implementation's process ran meanwhile
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record RunResult(
        long completed, long failed, long nanos, Histogram latency, long[] secondBySecond, long compilingMillis) {
    /** If compilers run for more than this share of the time, they slow down the sessions. */
    private static final double COMPILING = 0.02;

    public double perSecond() {
        return completed * 1e9 / nanos;
    }

    /** {@return whether the compilers of the process hardly ran} */
    public boolean isQuiet() {
        return compilingMillis * 1e6 <= COMPILING * nanos;
    }

    /**
     * The latency corrected for coordinated omission: a client that runs one session after another begins none while
     * one is stalled, and so does not measure the stalls that those would have seen. For each session that took longer
     * than the median, the sessions that should have begun meanwhile are added, one for each median time.
     */
    public Histogram corrected() {
        long median = Math.max(1, latency.getValueAtPercentile(50));
        return latency.copyCorrectedForCoordinatedOmission(median);
    }
}
