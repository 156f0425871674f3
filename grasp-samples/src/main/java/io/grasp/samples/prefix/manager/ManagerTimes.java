package io.grasp.samples.prefix.manager;

import io.grasp.util.GrowingPauses;
import java.time.Duration;
import java.util.List;

/**
 * How long a manager waits; all times are above zero.
 *
 * @param discovery how long providers are discovered
 * @param answer how long a peer may take for its next message, unless it asks for more time
 * @param acceptance how long after an offer it is accepted at most: graspy's pfxm3 waits 1 s, and then uses the prefix
 *     again
 * @param oneWait the time that a requester is asked to wait (M_WAIT) while this node requests a prefix itself; it is
 *     asked again in time
 * @param longestWait the longest time that a negotiation takes altogether, with all waits
 * @param firstPause the bound of the pause after the first failed attempt to get prefixes or parameters
 * @param longestPause the bound to which it grows
 * @param floodPeriod how often an origin floods the parameters
 * @param floodTtl how long a flood is valid
 */
public record ManagerTimes(
        Duration discovery,
        Duration answer,
        Duration acceptance,
        Duration oneWait,
        Duration longestWait,
        Duration firstPause,
        Duration longestPause,
        Duration floodPeriod,
        Duration floodTtl) {
    /**
     * Discoveries of 2 s, answers within 10 s, offers accepted within
     * 500 ms, waits of 20 s and of 2 minutes altogether, pauses of 2 s to 5 minutes,
     * floods each minute that are valid for 3 minutes.
     */
    public static final ManagerTimes DEFAULTS = new ManagerTimes(
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            Duration.ofMillis(500),
            Duration.ofSeconds(20),
            Duration.ofMinutes(2),
            Duration.ofSeconds(2),
            Duration.ofMinutes(5),
            Duration.ofMinutes(1),
            Duration.ofMinutes(3));

    /** Checks the components. */
    public ManagerTimes {
        for (Duration each : List.of(
                discovery, answer, acceptance, oneWait, longestWait, firstPause, longestPause, floodPeriod, floodTtl)) {
            if (each.isZero() || each.isNegative()) {
                throw new IllegalArgumentException("the time " + each + " is not above zero");
            }
        }
    }

    /** {@return the pauses; a longest one that is shorter than the first is that, too} */
    GrowingPauses pauses() {
        return new GrowingPauses(firstPause, longestPause.compareTo(firstPause) < 0 ? firstPause : longestPause);
    }

    /**
     * {@return these times with other floods}
     *
     * @param period see {@link #floodPeriod}
     * @param ttl see {@link #floodTtl}
     */
    public ManagerTimes withFloods(Duration period, Duration ttl) {
        return new ManagerTimes(
                discovery, answer, acceptance, oneWait, longestWait, firstPause, longestPause, period, ttl);
    }

    /**
     * {@return these times with other pauses}
     *
     * @param first see {@link #firstPause}
     * @param longest see {@link #longestPause}
     */
    public ManagerTimes withPauses(Duration first, Duration longest) {
        return new ManagerTimes(
                discovery, answer, acceptance, oneWait, longestWait, first, longest, floodPeriod, floodTtl);
    }

    /**
     * {@return these times with other waits}
     *
     * @param newAnswer see {@link #answer}
     * @param newOneWait see {@link #oneWait}
     * @param longest see {@link #longestWait}
     */
    public ManagerTimes withWaits(Duration newAnswer, Duration newOneWait, Duration longest) {
        return new ManagerTimes(
                discovery, newAnswer, acceptance, newOneWait, longest, firstPause, longestPause, floodPeriod, floodTtl);
    }
}
