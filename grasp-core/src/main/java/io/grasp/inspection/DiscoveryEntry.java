package io.grasp.inspection;

import io.grasp.model.AsaLocator;
import io.grasp.util.AddressText;
import java.time.Duration;
import java.util.List;

/**
 * A locator in the discovery cache.
 *
 * @param objective the name of the objective that an ASA there supports
 * @param locator the locator, with the link that it was learned on and its remaining time to live
 * @param learned how it was learned
 * @param links the names of the links on which it was learned; a link that is down is missing
 * @param neighbors how many neighbors have named it, up to the number that the cache counts
 * @param age the time since it was first learned
 */
public record DiscoveryEntry(
        String objective, AsaLocator locator, Learned learned, List<String> links, int neighbors, Duration age) {
    /** How a locator was learned, the most trustworthy first. */
    public enum Learned {
        /** From the responder, in its answer to a discovery of this node. */
        ANSWERED,
        /** From the responder, in an answer that this node relayed. */
        RELAYED,
        /** From a node that knew about it, in a divert (O_DIVERT). */
        DIVERTED
    }

    /** Copies the list. */
    public DiscoveryEntry {
        links = List.copyOf(links);
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
