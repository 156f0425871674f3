package io.grasp.substrate.netty.overlay;

import io.grasp.model.Locator;
import io.grasp.util.AddressText;
import io.grasp.util.PeerAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Where a neighbor is.
 *
 * @param host a name, or an address without brackets
 * @param port the TCP port
 */
record HostAndPort(String host, int port) implements Comparable<HostAndPort> {
    static HostAndPort parse(String text) {
        int colon = text.lastIndexOf(':');
        boolean bracketed = text.startsWith("[");
        boolean bareIpv6 = !bracketed && text.indexOf(':') != colon;
        if (colon < 0 || bareIpv6 || bracketed && text.endsWith("]")) {
            return new HostAndPort(host(text, text), OverlayConfig.DEFAULT_PORT);
        }
        int port;
        try {
            port = Integer.parseInt(text.substring(colon + 1));
        } catch (NumberFormatException e) {
            port = 0;
        }
        if (port < 1 || port > Locator.MAX_PORT) {
            throw new IllegalArgumentException("neighbor " + text + " has no valid port: use HOST or HOST:PORT");
        }
        return new HostAndPort(host(text.substring(0, colon), text), port);
    }

    private static String host(String host, String text) {
        String plain = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        if (plain.isBlank() || plain.indexOf(' ') >= 0 || plain.indexOf('[') >= 0 || plain.indexOf(']') >= 0) {
            throw new IllegalArgumentException("neighbor " + text + " has no valid host: use HOST or HOST:PORT");
        }
        return plain;
    }

    /** {@return whether the host is an address, and not a name} */
    boolean isAddress() {
        return withoutZone() != null;
    }

    private @Nullable InetAddress withoutZone() {
        int zone = host.indexOf('%');
        return PeerAddresses.literal(zone < 0 ? host : host.substring(0, zone));
    }

    /**
     * {@return the address; {@code null} if it is a name, or if this host does not have the interface that the address
     * is on} Interfaces come and go.
     */
    @Nullable
    InetSocketAddress literal() {
        InetAddress address = withoutZone();
        if (address != null && host.indexOf('%') >= 0) {
            try {
                address = InetAddress.getByName(host); // finds the interface, and looks up nothing
            } catch (UnknownHostException noSuchInterface) {
                return null;
            }
        }
        return address == null ? null : new InetSocketAddress(address, port);
    }

    @Override
    public int compareTo(HostAndPort other) {
        int byHost = host.compareTo(other.host);
        return byHost != 0 ? byHost : Integer.compare(port, other.port);
    }

    @Override
    public String toString() {
        InetSocketAddress address = literal();
        return address == null ? host + ":" + port : AddressText.onThisHost(address);
    }
}
