package io.grasp.benchmarks.load;

import java.time.Duration;

/**
 * Determines how long and how much is measured of secured sessions.
 *
 * @param rounds the number of turns of each implementation
 * @param each the duration of a turn
 * @param warmUp the duration of a warm-up turn
 * @param maxWarmUps the maximum number of warm-up turns while code is still being compiled
 */
record SecuredProfile(int rounds, Duration each, Duration warmUp, int maxWarmUps) {
    /** Takes about two minutes. */
    static final SecuredProfile USUAL = new SecuredProfile(7, Duration.ofMillis(300), Duration.ofMillis(500), 16);

    /** Checks that everything works; the figures mean nothing. */
    static final SecuredProfile QUICK = new SecuredProfile(1, Duration.ofMillis(100), Duration.ofMillis(100), 1);
}
