package io.grasp.engine.discovery;

import io.grasp.engine.fairness.TrafficSource;
import io.grasp.engine.node.GuaranteedParts;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Divides the locators that one discovery may bring between its responders. They cannot be taken back, so not all are
 * given away: half of them are reserved for the links in equal parts. The only responder on a link gets up to half,
 * {@code Limits.locators}, which leaves the part of its link to its neighbors; each of several gets at most as many as
 * it leaves for its link.
 */
final class LocatorShares {
    private LocatorShares() {}

    /**
     * {@return whether another locator of a source is accepted} What this node knew itself is; it leaves at least half.
     *
     * @param locators {@code Limits.locators}
     * @param links the shares of the links on which responders may be
     * @param accepted the sources of those accepted before
     */
    static boolean permit(
            int locators, Collection<Integer> links, Collection<TrafficSource> accepted, TrafficSource source) {
        if (source.link() == TrafficSource.THIS_NODE) {
            return true;
        }
        int ofSource = 0;
        Map<Integer, Integer> ofLinks = new HashMap<>();
        for (TrafficSource each : accepted) {
            ofSource += each.equals(source) ? 1 : 0;
            ofLinks.merge(each.link(), 1, Integer::sum);
        }
        int known = ofLinks.getOrDefault(TrafficSource.THIS_NODE, 0);
        long capacity = 2L * locators - Math.min(known, locators);
        GuaranteedParts parts = new GuaranteedParts(links);
        long part = GuaranteedParts.part(capacity, parts.count());
        long reserved = parts.reserved(source.link(), part, link -> ofLinks.getOrDefault(link, 0));
        long left = capacity - (accepted.size() - known) - reserved;
        boolean alone = ofSource == ofLinks.getOrDefault(source.link(), 0);
        return ofSource < left || alone && left > 0 && ofSource < capacity / 2;
    }
}
