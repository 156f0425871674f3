package io.grasp.engine.node;

import io.grasp.model.Locator;
import java.util.List;

/**
 * Decides which locators an O_DIVERT may contain: those that lead to the same place from everywhere (RFC 8990 section
 * 2.9.5).
 */
final class Divertible {
    /** The domains of Multicast DNS, whose names are valid on one link only (RFC 6762 section 12). */
    private static final List<String> MULTICAST_DNS = List.of(
            "local", "254.169.in-addr.arpa", "8.e.f.ip6.arpa", "9.e.f.ip6.arpa", "a.e.f.ip6.arpa", "b.e.f.ip6.arpa");

    private Divertible() {}

    static boolean test(Locator locator) {
        return !locator.isLinkLocal() && !isMulticastDns(locator);
    }

    private static boolean isMulticastDns(Locator locator) {
        String name = locator.hostName();
        return name != null && MULTICAST_DNS.stream().anyMatch(domain -> DomainNames.isWithin(name, domain));
    }
}
