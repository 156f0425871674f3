package io.grasp.samples.prefix.pool;

import io.grasp.samples.prefix.AddressFamily;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;

/**
 * The settings of a pool. It is immutable.
 *
 * @param ipv6 the lengths of IPv6 prefixes that peers may request
 * @param ipv4 the lengths of IPv4 prefixes that peers may request
 * @param peerLimits the limits for a peer, by its name; called on the store's thread, and must not block
 * @param maxOffers the greatest number of offers at a time, to all peers
 * @param maxEntries the greatest number of entries, which bounds memory and file
 * @param maxPending the greatest number of operations that wait for the store
 * @param maxLogRecords how many records of the log are kept; older ones are removed
 * @param forecastWindow the time over which the forecast averages consumption
 */
public record PoolConfig(
        LengthRange ipv6,
        LengthRange ipv4,
        Function<String, PeerLimits> peerLimits,
        int maxOffers,
        int maxEntries,
        int maxPending,
        int maxLogRecords,
        Duration forecastWindow) {
    /**
     * Lengths from 32 to 96 for IPv6 and from 16 to 32 for IPv4, as graspy's; {@link PeerLimits#DEFAULTS} for each
     * peer; 1,000 offers, 100,000 entries, 1,000 waiting operations, 10,000 records of the log; a window of one day.
     */
    public static final PoolConfig DEFAULTS = new PoolConfig(
            new LengthRange(32, 96),
            new LengthRange(16, 32),
            peer -> PeerLimits.DEFAULTS,
            1_000,
            100_000,
            1_000,
            10_000,
            Duration.ofDays(1));

    /**
     * Checks the components.
     *
     * @throws IllegalArgumentException if a number or the window is not positive, or a length is out of range
     */
    public PoolConfig {
        Objects.requireNonNull(ipv6, "ipv6");
        AddressFamily.IPV4.requireLength(ipv4.longest());
        Objects.requireNonNull(peerLimits, "peerLimits");
        if (Math.min(Math.min(maxOffers, maxEntries), Math.min(maxPending, maxLogRecords)) < 1) {
            throw new IllegalArgumentException("a limit is not positive");
        }
        if (forecastWindow.isNegative() || forecastWindow.isZero()) {
            throw new IllegalArgumentException("the window of the forecast is not positive");
        }
    }

    /**
     * These settings with other lengths for a family.
     *
     * @param family the version of IP
     * @param lengths the lengths that peers may request
     * @return the changed settings
     */
    public PoolConfig withLengths(AddressFamily family, LengthRange lengths) {
        return new PoolConfig(
                family == AddressFamily.IPV6 ? lengths : ipv6,
                family == AddressFamily.IPV4 ? lengths : ipv4,
                peerLimits,
                maxOffers,
                maxEntries,
                maxPending,
                maxLogRecords,
                forecastWindow);
    }

    /**
     * These settings with other limits for peers.
     *
     * @param limits the limits for a peer, by its name; called on the store's thread, and must not block
     * @return the changed settings
     */
    public PoolConfig withPeerLimits(Function<String, PeerLimits> limits) {
        return new PoolConfig(ipv6, ipv4, limits, maxOffers, maxEntries, maxPending, maxLogRecords, forecastWindow);
    }

    /**
     * These settings with another number of offers at a time.
     *
     * @param offers the greatest number, to all peers
     * @return the changed settings
     */
    public PoolConfig withMaxOffers(int offers) {
        return new PoolConfig(ipv6, ipv4, peerLimits, offers, maxEntries, maxPending, maxLogRecords, forecastWindow);
    }

    /**
     * These settings with another number of entries.
     *
     * @param entries the greatest number
     * @return the changed settings
     */
    public PoolConfig withMaxEntries(int entries) {
        return new PoolConfig(ipv6, ipv4, peerLimits, maxOffers, entries, maxPending, maxLogRecords, forecastWindow);
    }

    /**
     * These settings with another number of operations that wait for the store.
     *
     * @param pending the greatest number
     * @return the changed settings
     */
    public PoolConfig withMaxPending(int pending) {
        return new PoolConfig(ipv6, ipv4, peerLimits, maxOffers, maxEntries, pending, maxLogRecords, forecastWindow);
    }

    /**
     * These settings with a longer or shorter log.
     *
     * @param records how many records are kept
     * @return the changed settings
     */
    public PoolConfig withMaxLogRecords(int records) {
        return new PoolConfig(ipv6, ipv4, peerLimits, maxOffers, maxEntries, maxPending, records, forecastWindow);
    }

    /**
     * These settings with another window.
     *
     * @param window the time over which the forecast averages consumption
     * @return the changed settings
     */
    public PoolConfig withForecastWindow(Duration window) {
        return new PoolConfig(ipv6, ipv4, peerLimits, maxOffers, maxEntries, maxPending, maxLogRecords, window);
    }

    LengthRange lengths(AddressFamily family) {
        return family == AddressFamily.IPV6 ? ipv6 : ipv4;
    }
}
