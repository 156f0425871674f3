package io.grasp.model;

import io.grasp.util.AddressText;
import java.time.Duration;
import java.util.Objects;

/**
 * A locator found by discovery (RFC 8991 section 2.3.2.5).
 *
 * @param locator where the ASA is
 * @param link name of the link on which it was discovered, empty if it was not discovered on a link
 * @param linkIndex the substrate's index of that link, 0 when there is none
 * @param diverted whether it came in an O_DIVERT option
 * @param ttl how long the locator remained valid when the node returned it
 * @param expiresNanos see {@link #expires}, in nanoseconds; {@link #INDEFINITE_NANOS} if it does not come from a node
 */
public record AsaLocator(
        Locator locator, String link, int linkIndex, boolean diverted, Duration ttl, long expiresNanos) {
    /** The expiry time of a locator or value that does not expire, in nanoseconds. */
    public static final long INDEFINITE_NANOS = Long.MAX_VALUE;

    /** Checks the components. */
    public AsaLocator {
        Objects.requireNonNull(locator, "locator");
        Objects.requireNonNull(link, "link");
        Objects.requireNonNull(ttl, "ttl");
    }

    /**
     * A locator that does not come from a node and therefore does not {@linkplain #INDEFINITE_NANOS expire}.
     *
     * @param locator the locator
     * @param link the name of the link, see {@link #link}
     * @param linkIndex the index of the link, see {@link #linkIndex}
     * @param diverted see {@link #diverted}
     * @param ttl the time to live, see {@link #ttl}
     */
    public AsaLocator(Locator locator, String link, int linkIndex, boolean diverted, Duration ttl) {
        this(locator, link, linkIndex, diverted, ttl, INDEFINITE_NANOS);
    }

    /**
     * A locator that is known by other means than discovery.
     *
     * @param locator where the ASA is
     * @return the locator, on no link; its ttl is the longest that GRASP can express
     */
    public static AsaLocator of(Locator locator) {
        return new AsaLocator(locator, "", 0, false, Duration.ofMillis(0xFFFF_FFFFL));
    }

    /**
     * A locator on a link that is known by other means than discovery. A link-local address is usable only with its
     * link.
     *
     * @param locator where the ASA is
     * @param link the link that it is on
     * @return the locator; its ttl is the longest that GRASP can express
     */
    public static AsaLocator of(Locator locator, LinkInfo link) {
        return new AsaLocator(locator, link.name(), link.index(), false, Duration.ofMillis(0xFFFF_FFFFL));
    }

    /**
     * The time at which the locator expires, on the clock of the node that returned it ({@code Grasp.now()}).
     *
     * @return the time; {@link FloodedObjective#INDEFINITE} if it does not expire
     */
    public Duration expires() {
        return time(expiresNanos);
    }

    /** {@return an expiry time in nanoseconds as a duration} */
    static Duration time(long expiresNanos) {
        return expiresNanos == INDEFINITE_NANOS ? FloodedObjective.INDEFINITE : Duration.ofNanos(expiresNanos);
    }

    /**
     * Whether the locator is no longer valid.
     *
     * @param now the time on the clock of the node that returned it
     * @return whether it has expired
     */
    public boolean isExpired(Duration now) {
        return expires().compareTo(now) <= 0;
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
