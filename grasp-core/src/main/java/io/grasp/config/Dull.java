package io.grasp.config;

import io.grasp.util.AddressText;
import java.util.Set;

/**
 * The rules of a DULL (Discovery Unsolicited Link-Local) instance (RFC 8990 section 2.5.2). A DULL instance runs on one
 * link and needs no protection. It only discovers and floods, over one hop, the objectives of services that run before
 * protection is available.
 *
 * @param objectives the names of those objectives, at least one; a message that names any other objective is discarded
 */
public record Dull(Set<String> objectives) {
    /** Checks and copies the components. */
    public Dull {
        objectives = Set.copyOf(objectives);
        if (objectives.isEmpty()) {
            throw new IllegalArgumentException("a DULL instance needs at least one objective");
        }
    }

    /**
     * The rules for some objectives.
     *
     * @param objectives their names, such as {@code AN_ACP} and {@code AN_Proxy}
     * @return the rules
     */
    public static Dull allowing(String... objectives) {
        return new Dull(Set.of(objectives));
    }

    @Override
    public String toString() {
        return AddressText.ofRecord(this);
    }
}
