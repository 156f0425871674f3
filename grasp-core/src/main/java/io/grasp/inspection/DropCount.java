package io.grasp.inspection;

import io.grasp.observe.DropReason;
import io.grasp.util.AddressText;

/**
 * How often this node has dropped something for one reason since it started.
 *
 * @param reason the reason
 * @param count how often, above 0
 */
public record DropCount(DropReason reason, long count) {
    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
