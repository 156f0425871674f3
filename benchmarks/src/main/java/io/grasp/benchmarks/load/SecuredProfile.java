package io.grasp.benchmarks.load;

import java.time.Duration;

/**
 * Determines how long and how much is measured of secured sessions.
 *
 * @param rounds the number of turns of each implementation
 * @param each the duration of a turn
 * @param handshakeTurn the duration of a turn in which each session has its own handshake
 * @param warmUp the duration of a warm-up turn
 * @param maxWarmUps the maximum number of warm-up turns while code is still being compiled
 * @param stormTurn the duration of a turn with or without a storm of handshakes
 * @param stormRounds the number of turns of each kind
 * @param stormWarmUp how long handshakes are made before their peak is measured
 * @param neighbors the number of idle neighbors whose memory is measured
 * @param idle the number of idle negotiations whose memory is measured
 * @param idleConnections the same with a TLS connection each
 */
record SecuredProfile(
        int rounds,
        Duration each,
        Duration handshakeTurn,
        Duration warmUp,
        int maxWarmUps,
        Duration stormTurn,
        int stormRounds,
        Duration stormWarmUp,
        int neighbors,
        int idle,
        int idleConnections) {
    /** Takes about two and a half minutes. */
    static final SecuredProfile USUAL = new SecuredProfile(
            8,
            Duration.ofMillis(300),
            Duration.ofSeconds(1),
            Duration.ofMillis(500),
            12,
            Duration.ofSeconds(1),
            6,
            Duration.ofSeconds(8),
            50,
            2000,
            200);

    /** Checks that everything works; the figures mean nothing. */
    static final SecuredProfile QUICK = new SecuredProfile(
            1,
            Duration.ofMillis(100),
            Duration.ofMillis(200),
            Duration.ofMillis(100),
            1,
            Duration.ofMillis(200),
            1,
            Duration.ofMillis(200),
            2,
            20,
            10);
}
