package io.grasp.inspection;

import io.grasp.observe.DropReason;
import io.grasp.util.AddressText;
import java.time.Duration;

/**
 * How often this node has dropped something for one reason since it started.
 *
 * @param reason the reason
 * @param count how often, above 0
 * @param last the time since the last time
 */
public record DropCount(DropReason reason, long count, Duration last) {
    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
