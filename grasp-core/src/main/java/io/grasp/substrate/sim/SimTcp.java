package io.grasp.substrate.sim;

import java.time.Duration;

/**
 * How long the streams of a simulated network try. Acknowledgements are not simulated: a sender learns of a loss when
 * its timer fires, and of an arrival as it happens. All timers run at the network's time and are doubled each time.
 *
 * <p>What was lost is sent again one at a time, oldest first, and the rest as soon as the first of it arrives.
 *
 * @param minRto the least time after which lost bytes are sent again, if twice the round-trip time of the route is not
 *     longer; above 0
 * @param maxRto the most to which that time is doubled; at least {@code minRto}
 * @param retries how often the same bytes are sent again before the connection is given up, at least 0
 * @param synTimeout the time after which an unanswered attempt to connect is repeated
 * @param synLinear how often it is repeated with that time between; then the time is doubled without a bound. From 0 to
 *     20
 * @param synRetries how often it is repeated with times that double before it is given up, from 0 to 20
 */
public record SimTcp(
        Duration minRto, Duration maxRto, int retries, Duration synTimeout, int synLinear, int synRetries) {
    /**
     * 200 ms to 60 s with 8 retries, as Linux has at the least, so that a short route is given up after 102.2 s (RFC
     * 1122 wants at least 100 s); attempts to connect after 1 s, 4 times with that pause and 6 times with one that
     * doubles, given up after 131 s, as on Linux since 6.5 (tcp_syn_linear_timeouts).
     */
    public static final SimTcp DEFAULT =
            new SimTcp(Duration.ofMillis(200), Duration.ofSeconds(60), 8, Duration.ofSeconds(1), 4, 6);

    private static final int MOST_SYN_RETRIES = 20;

    /** @throws IllegalArgumentException if a value is out of its range */
    public SimTcp {
        require(positive(minRto), "minRto " + minRto + " is not above 0");
        require(maxRto.compareTo(minRto) >= 0, "maxRto " + maxRto + " is below minRto " + minRto);
        require(retries >= 0, "retries " + retries + " is negative");
        require(positive(synTimeout), "synTimeout " + synTimeout + " is not above 0");
        require(
                synLinear >= 0 && synLinear <= MOST_SYN_RETRIES,
                "synLinear " + synLinear + " is not from 0 to " + MOST_SYN_RETRIES);
        require(
                synRetries >= 0 && synRetries <= MOST_SYN_RETRIES,
                "synRetries " + synRetries + " is not from 0 to " + MOST_SYN_RETRIES);
    }

    /** A simulated TCP whose attempts to connect are repeated with times that double from the first. */
    public SimTcp(Duration minRto, Duration maxRto, int retries, Duration synTimeout, int synRetries) {
        this(minRto, maxRto, retries, synTimeout, 0, synRetries);
    }

    private static boolean positive(Duration time) {
        return !time.isNegative() && !time.isZero();
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** {@return the time after which something is sent again that has been so a number of times} */
    long rtoNanos(Route route, int retriesSoFar) {
        long max = maxRto.toNanos();
        long rto = Math.min(max, Math.max(minRto.toNanos(), 4 * route.delayNanos()));
        for (int i = 0; i < retriesSoFar && rto < max; i++) {
            rto = Math.min(max, 2 * rto);
        }
        return rto;
    }

    long synTimeoutNanos(int retriesSoFar) {
        return synTimeout.toNanos() << Math.max(0, retriesSoFar - synLinear);
    }

    /** {@return how often an attempt to connect is repeated} */
    int mostSynRetries() {
        return synLinear + synRetries;
    }
}
