package io.grasp.engine.node;

import java.util.Locale;

/** Compares host names, which are case-insensitive and may end with the dot of the root. */
final class DomainNames {
    private DomainNames() {}

    /** {@return whether a name is the domain, given in lower case, or a name within it} */
    static boolean isWithin(String name, String domain) {
        String lower = name.toLowerCase(Locale.ROOT);
        String relative = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
        return relative.equals(domain) || relative.endsWith("." + domain);
    }
}
