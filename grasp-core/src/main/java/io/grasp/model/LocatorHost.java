package io.grasp.model;

import io.grasp.util.PeerAddresses;
import java.net.InetAddress;
import java.text.Normalizer;
import org.jspecify.annotations.Nullable;

/** The host in a locator that holds text. No name is looked up. */
final class LocatorHost {
    private LocatorHost() {}

    /** {@return the name as resolvers read it (RFC 3491 section 4, RFC 3490 section 3.1)} */
    static String normalized(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFKC).replace('\u3002', '.');
    }

    /** {@return the address that a name is, whose zone is ignored; {@code null} if the name has to be looked up} */
    static @Nullable InetAddress address(String name) {
        return PeerAddresses.ofHost(withoutZone(name));
    }

    private static String withoutZone(String host) {
        int zone = host.indexOf('%');
        return zone < 0 ? host : host.substring(0, zone) + (host.endsWith("]") ? "]" : "");
    }
}
