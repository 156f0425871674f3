package io.grasp.engine.node;

import java.util.Locale;

/** Compares the names of hosts, which have no case and may end with the dot of the root. */
final class DomainNames {
    private DomainNames() {}

    /** {@return whether a name is a domain, in small letters, or a name in it} */
    static boolean isWithin(String name, String domain) {
        String lower = name.toLowerCase(Locale.ROOT);
        String relative = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
        return relative.equals(domain) || relative.endsWith("." + domain);
    }
}
