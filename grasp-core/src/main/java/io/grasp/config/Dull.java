package io.grasp.config;

import java.util.Set;

/**
 * What makes an engine a DULL instance: Discovery Unsolicited Link-Local (RFC 8990 section 2.5.2). It runs on one link,
 * needs no protection, and does no more than discover and flood, one hop far, the objectives of services that cannot
 * have protection yet.
 *
 * @param objectives the names of those objectives, at least one; whatever names another is discarded
 */
public record Dull(Set<String> objectives) {
    public Dull {
        objectives = Set.copyOf(objectives);
        if (objectives.isEmpty()) {
            throw new IllegalArgumentException("a DULL instance is for some objective");
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
}
