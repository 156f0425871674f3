package io.grasp.model;

import java.time.Duration;
import java.util.Objects;

/**
 * A locator found by discovery (RFC 8991 section 2.3.2.5).
 *
 * @param locator where the ASA is
 * @param link name of the link it was discovered on, empty when it was not discovered on a link
 * @param linkIndex the substrate's index of that link, 0 when there is none
 * @param diverted whether it came in an O_DIVERT option
 * @param ttl how much longer the locator is valid, counted from when this value was handed out
 */
public record AsaLocator(Locator locator, String link, int linkIndex, boolean diverted, Duration ttl) {
    public AsaLocator {
        Objects.requireNonNull(locator, "locator");
        Objects.requireNonNull(link, "link");
        Objects.requireNonNull(ttl, "ttl");
    }

    /**
     * A locator that is not known from discovery.
     *
     * @param locator where the ASA is
     * @return the locator, on no link; its ttl is the longest that GRASP can express
     */
    public static AsaLocator of(Locator locator) {
        return new AsaLocator(locator, "", 0, false, Duration.ofMillis(0xFFFF_FFFFL));
    }
}
