package io.grasp.benchmarks.load;

import java.time.Duration;

/**
 * Determines how long and how much is measured.
 *
 * @param rounds the number of turns of each implementation
 * @param each the duration of a turn
 * @param warmUp the duration of a warm-up turn
 * @param maxWarmUps the maximum number of warm-up turns while code is still being compiled
 * @param maxAtOnce the maximum number of concurrent sessions
 * @param starts the number of nodes that are started
 * @param growth the maximum number of objects of each kind
 * @param idle the number of idle negotiations whose heap is measured
 */
record RunProfile(
        int rounds, Duration each, Duration warmUp, int maxWarmUps, int maxAtOnce, int starts, int growth, int idle) {
    /** Takes about three and a half minutes. */
    static final RunProfile USUAL =
            new RunProfile(4, Duration.ofMillis(300), Duration.ofMillis(500), 20, 1024, 7, 10_000, 20_000);

    /** Checks that everything works; the figures mean nothing. */
    static final RunProfile QUICK =
            new RunProfile(1, Duration.ofMillis(50), Duration.ofMillis(50), 1, 16, 1, 100, 1000);

    /** {@return the number of turns of each implementation in rows with a budget} */
    int maxRounds() {
        return 3 * rounds;
    }
}
