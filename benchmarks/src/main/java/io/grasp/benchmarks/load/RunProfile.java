package io.grasp.benchmarks.load;

import java.time.Duration;

/**
 * How much time the measurements take.
 *
 * @param rounds how often each contender has its turn
 * @param each how long a turn is
 * @param warmUp how long a turn is before anything is measured
 * @param mostWarmUps how many such turns there may be, of those that still compile
 * @param mostAtOnce no more sessions at once than this
 * @param starts how many nodes are started
 * @param growth up to how many of everything
 * @param idle how many idle negotiations are weighed
 */
record RunProfile(
        int rounds, Duration each, Duration warmUp, int mostWarmUps, int mostAtOnce, int starts, int growth, int idle) {
    /** About three and a half minutes. */
    static final RunProfile USUAL =
            new RunProfile(4, Duration.ofMillis(300), Duration.ofMillis(500), 20, 1024, 7, 10_000, 20_000);

    /** To see that everything works, not how fast it is. */
    static final RunProfile QUICK =
            new RunProfile(1, Duration.ofMillis(50), Duration.ofMillis(50), 1, 16, 1, 100, 1000);

    /** {@return how often each contender has its turn where there is a budget} */
    int mostRounds() {
        return 3 * rounds;
    }
}
