package io.grasp.config;

import java.time.Duration;

/**
 * The rate at which messages may be relayed, as a token bucket (RFC 8990 sections 2.5.4.4 and 2.5.6.2).
 *
 * @param perSecond the long-term rate in messages per second, 1 to 1,000,000
 * @param burst how many messages may be relayed at once after a pause, 1 to 1,000,000
 */
public record RelayRate(int perSecond, int burst) {
    private static final int HIGHEST = 1_000_000;

    /** Checks the components. */
    public RelayRate {
        check("perSecond", perSecond);
        check("burst", burst);
    }

    private static void check(String name, int value) {
        if (value < 1 || value > HIGHEST) {
            throw new IllegalArgumentException("relay rate " + name + " is " + value + ", must be 1 to " + HIGHEST);
        }
    }

    /**
     * {@return this share of the rate, but never less than the smallest rate}
     *
     * @param percent the share, 0 to 100
     */
    public RelayRate percent(int percent) {
        return new RelayRate(Math.max(1, perSecond * percent / 100), Math.max(1, burst * percent / 100));
    }

    /**
     * {@return the maximum number of messages in a time, rounded up to seconds}
     *
     * @param time the time
     */
    public long most(Duration time) {
        return burst + Math.multiplyExact((long) perSecond, time.toSeconds() + 1);
    }
}
