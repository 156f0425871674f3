package io.grasp.model;

import java.net.InetAddress;
import java.text.Normalizer;
import org.jspecify.annotations.Nullable;

/** The host that a locator names, whatever kind of locator it is. No name is looked up. */
public final class LocatorHost {
    private LocatorHost() {}

    /**
     * The name that a locator holds, which may be an address in text.
     *
     * @param locator any locator
     * @return the name, with compatible letters and dots of other scripts replaced, as resolvers do (RFC 3491 section
     *     4, RFC 3490 section 3.1); {@code null} if the locator has none
     */
    public static @Nullable String name(Locator locator) {
        String name = null;
        if (locator instanceof Locator.Fqdn fqdn) {
            name = fqdn.name();
        } else if (locator instanceof Locator.Uri uri) {
            name = UriHost.of(uri.uri());
        }
        return name == null
                ? null
                : Normalizer.normalize(name, Normalizer.Form.NFKC).replace('\u3002', '.');
    }

    /**
     * The address that a locator holds, also one in a name or a URI, whose zone is ignored: it says nothing on another
     * host.
     *
     * @param locator any locator
     * @return the address; {@code null} if the locator has none, or a name that has to be looked up
     */
    public static @Nullable InetAddress address(Locator locator) {
        if (locator instanceof Locator.Ipv6 ipv6) {
            return ipv6.address();
        }
        if (locator instanceof Locator.Ipv4 ipv4) {
            return ipv4.address();
        }
        String name = name(locator);
        return name == null ? null : literal(withoutZone(name));
    }

    /**
     * Whether a locator leads to a port, also if the port is in a URI.
     *
     * @param locator any locator
     * @param port the port
     * @return whether it does; {@code false} if the port is that of a URI's scheme
     */
    public static boolean hasPort(Locator locator, int port) {
        return Integer.valueOf(port).equals(locator.port())
                || locator instanceof Locator.Uri uri && Integer.toString(port).equals(UriHost.port(uri.uri()));
    }

    /**
     * The address that a host's name is, as in {@link PeerAddresses#literal}.
     *
     * @param host the name, perhaps in brackets
     * @return the address; {@code null} if the name has to be looked up
     */
    public static @Nullable InetAddress literal(String host) {
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        return PeerAddresses.literal(bracketed ? host.substring(1, host.length() - 1) : host);
    }

    private static String withoutZone(String host) {
        int zone = host.indexOf('%');
        return zone < 0 ? host : host.substring(0, zone) + (host.endsWith("]") ? "]" : "");
    }
}
