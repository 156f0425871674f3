package io.grasp.engine.discovery;

import io.grasp.engine.fairness.TrafficSource;
import java.util.Collection;

/**
 * Divides the locators that one discovery may bring between its responders. They cannot be taken back, so there is
 * always room for another responder: each gets at most as many as it leaves free, and a link at most three quarters.
 * The only responder gets {@code Limits.locators}, which is half.
 */
final class LocatorShares {
    private static final int OTHER_LINKS = 4;

    private LocatorShares() {}

    /**
     * {@return whether another locator of a source is accepted}
     *
     * @param locators {@code Limits.locators}
     * @param accepted the sources of those accepted before
     */
    static boolean permit(int locators, Collection<TrafficSource> accepted, TrafficSource source) {
        long most = 2L * locators;
        int ofSource = 0;
        int ofLink = 0;
        for (TrafficSource each : accepted) {
            ofSource += each.equals(source) ? 1 : 0;
            ofLink += each.link() == source.link() ? 1 : 0;
        }
        return ofSource < most - accepted.size() && ofLink < most - most / OTHER_LINKS;
    }
}
