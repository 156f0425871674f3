package io.grasp.benchmarks.load;

import java.time.Duration;

/**
 * How much time the measurements take.
 *
 * @param rounds how often each contender has its turn
 * @param each how long a turn is
 * @param warmUp how long each contender runs before
 * @param mostAtOnce no more sessions at once than this
 * @param starts how many nodes are started
 * @param growth up to how many of everything
 * @param idle how many idle negotiations are weighed
 */
record Effort(int rounds, Duration each, Duration warmUp, int mostAtOnce, int starts, int growth, int idle) {
    /** About three minutes. */
    static final Effort USUAL = new Effort(5, Duration.ofMillis(400), Duration.ofSeconds(2), 1024, 7, 10_000, 20_000);

    /** To see that everything works, not how fast it is. */
    static final Effort QUICK = new Effort(1, Duration.ofMillis(50), Duration.ofMillis(50), 16, 1, 100, 1000);

    /**
     * Turns of each contender.
     *
     * @param count how many
     * @param each how long one is
     */
    record Turns(int count, Duration each) {}

    Turns usual() {
        return new Turns(rounds, each);
    }

    /** {@return the turns for what is like something with a budget} */
    Turns more() {
        return new Turns(2 * rounds - 1, each);
    }

    /** {@return the turns for what has a budget} Shorter turns lie closer together, so that noise meets neighbours alike. */
    Turns most() {
        return new Turns(6 * more().count(), each.dividedBy(4));
    }
}
