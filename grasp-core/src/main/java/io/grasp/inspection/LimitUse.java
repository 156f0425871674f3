package io.grasp.inspection;

import io.grasp.util.AddressText;

/**
 * A bound of this node, and how much of it is in use.
 *
 * @param setting the setting, such as {@code Limits.sessions}
 * @param used how much is in use now
 * @param most the bound
 * @param unit what is counted
 */
public record LimitUse(String setting, long used, long most, Unit unit) {
    /** What a bound counts. */
    public enum Unit {
        /** Entries, sessions, connections and the like. */
        COUNT,
        /** Bytes of memory. */
        BYTES
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
