package io.grasp.inspection;

import io.grasp.config.AsaLimits;
import io.grasp.util.AddressText;
import java.time.Duration;
import java.util.List;

/**
 * A registered ASA.
 *
 * @param name its name
 * @param age the time since its registration
 * @param objectives the names of the objectives that it has registered, in the order of their registration
 * @param sessions the number of its sessions
 * @param activities the number of its other activities: listeners, watched floods, handlers of extensions
 * @param limits the maximum numbers of its objectives and sessions
 */
public record AsaEntry(
        String name, Duration age, List<String> objectives, int sessions, int activities, AsaLimits limits) {
    /** Copies the list. */
    public AsaEntry {
        objectives = List.copyOf(objectives);
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
