package io.grasp.substrate.sim;

import java.time.Duration;

/**
 * The retransmission settings of streams in a simulated network. Acknowledgements are not simulated: a sender notices a
 * loss when its timer fires, and an arrival when it happens. All timers use the network's time and are doubled each
 * time.
 *
 * <p>Lost segments are retransmitted one at a time, oldest first; when the first one arrives, all others follow.
 *
 * @param minRto the minimum time after which lost bytes are retransmitted; the actual time is at least twice the
 *     round-trip time of the route; above 0
 * @param maxRto the maximum to which that time is doubled; at least {@code minRto}
 * @param retries how many times the same bytes are retransmitted before the connection is abandoned, at least 0
 * @param synTimeout the time after which an unanswered connection attempt is repeated
 * @param synLinear how many times it is repeated at that interval; then the interval doubles without a bound. From 0 to
 *     20
 * @param synRetries how many times it is repeated at doubling intervals before it is abandoned, from 0 to 20
 */
public record SimTcp(
        Duration minRto, Duration maxRto, int retries, Duration synTimeout, int synLinear, int synRetries) {
    /**
     * 200 ms to 60 s with 8 retries, the minimum on Linux, so that a connection over a short route is abandoned after
     * 102.2 s (RFC 1122 requires at least 100 s). Connection attempts are repeated after 1 s, 4 times at that interval
     * and 6 times at doubling intervals, and abandoned after 131 s, as on Linux since 6.5 (tcp_syn_linear_timeouts).
     */
    public static final SimTcp DEFAULT =
            new SimTcp(Duration.ofMillis(200), Duration.ofSeconds(60), 8, Duration.ofSeconds(1), 4, 6);

    private static final int MOST_SYN_RETRIES = 20;

    /**
     * Checks the components.
     *
     * @throws IllegalArgumentException if a value is out of its range
     */
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

    /**
     * Creates settings in which connection attempts are repeated at doubling intervals from the first.
     *
     * @param minRto see {@link #minRto}
     * @param maxRto see {@link #maxRto}
     * @param retries see {@link #retries}
     * @param synTimeout see {@link #synTimeout}
     * @param synRetries see {@link #synRetries}
     */
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

    /** {@return the retransmission timeout after a number of retries, on a path with a one-way delay} */
    long rtoNanos(long delayNanos, int retriesSoFar) {
        long max = maxRto.toNanos();
        long rto = Math.min(max, Math.max(minRto.toNanos(), 4 * delayNanos));
        for (int i = 0; i < retriesSoFar && rto < max; i++) {
            rto = Math.min(max, 2 * rto);
        }
        return rto;
    }

    long synTimeoutNanos(int retriesSoFar) {
        return synTimeout.toNanos() << Math.max(0, retriesSoFar - synLinear);
    }

    /** {@return how many times a connection attempt is repeated} */
    int mostSynRetries() {
        return synLinear + synRetries;
    }
}
