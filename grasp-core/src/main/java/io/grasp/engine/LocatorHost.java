package io.grasp.engine;

import io.grasp.model.Locator;
import io.grasp.model.PeerAddresses;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** The host that a locator names, whatever kind of locator it is. No name is looked up. */
final class LocatorHost {
    private LocatorHost() {}

    /** {@return the host's name, which may be an address in text; {@code null} if the locator has none} */
    static @Nullable String name(Locator locator) {
        if (locator instanceof Locator.Fqdn fqdn) {
            return fqdn.name();
        }
        return locator instanceof Locator.Uri uri ? UriHost.of(uri.uri()) : null;
    }

    /** {@return the host's address, also if it stands in a name or a URI; {@code null} if it is not known} */
    static @Nullable InetAddress address(Locator locator) {
        InetAddress address = NodeAddresses.address(locator);
        String name = name(locator);
        return address != null || name == null ? address : literal(name);
    }

    /** {@return whether the locator means something on one link only, by its address} */
    static boolean isLinkLocal(Locator locator) {
        InetAddress address = address(locator);
        return address != null && PeerAddresses.isLinkLocal(address);
    }

    /** {@return the address that a host's name is, perhaps in brackets; {@code null} if it has to be looked up} */
    static @Nullable InetAddress literal(String host) {
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        return PeerAddresses.literal(bracketed ? host.substring(1, host.length() - 1) : host);
    }
}
