package io.grasp.model;

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
 * @param expiresNanos see {@link #expires}, in nanoseconds; {@link #NEVER} if it does not come from a node
 */
public record AsaLocator(
        Locator locator, String link, int linkIndex, boolean diverted, Duration ttl, long expiresNanos) {
    /** The expiry time of what never expires, in nanoseconds. */
    public static final long NEVER = Long.MAX_VALUE;

    public AsaLocator {
        Objects.requireNonNull(locator, "locator");
        Objects.requireNonNull(link, "link");
        Objects.requireNonNull(ttl, "ttl");
    }

    /** A locator that does not come from a node and therefore {@linkplain #NEVER never} expires. */
    public AsaLocator(Locator locator, String link, int linkIndex, boolean diverted, Duration ttl) {
        this(locator, link, linkIndex, diverted, ttl, NEVER);
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
     * @return the time; {@link FloodedObjective#INDEFINITE} if it never expires
     */
    public Duration expires() {
        return time(expiresNanos);
    }

    /** {@return an expiry time in nanoseconds as a duration; {@link FloodedObjective#INDEFINITE} for {@link #NEVER}} */
    static Duration time(long expiresNanos) {
        return expiresNanos == NEVER ? FloodedObjective.INDEFINITE : Duration.ofNanos(expiresNanos);
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
}
