package io.grasp.engine;

import io.grasp.model.Locator;
import org.jspecify.annotations.Nullable;

/** What an O_DIVERT may hold: locators that lead to the same place from everywhere (RFC 8990 section 2.9.5). */
final class Divertible {
    /** The domain of Multicast DNS, whose names mean something on one link only (RFC 6762). */
    private static final String MULTICAST_DNS = "local";

    private Divertible() {}

    static boolean test(Locator locator) {
        if (locator instanceof Locator.Fqdn fqdn) {
            return !isMulticastDns(fqdn.name());
        }
        if (locator instanceof Locator.Uri uri) {
            return !isMulticastDns(UriHost.of(uri.uri()));
        }
        return !locator.isLinkLocal();
    }

    private static boolean isMulticastDns(@Nullable String name) {
        return name != null && DomainNames.isWithin(name, MULTICAST_DNS);
    }
}
